package dev.leat.bench.failover;

import dev.leat.bench.lab.Lab;
import dev.leat.bench.process.Await;
import dev.leat.bench.report.Row;
import dev.leat.bench.report.Target;
import dev.leat.bench.report.Unit;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Leat while its state store (the API server of Kubernetes, here {@code leat up}) does not answer:
 * traffic goes on, and so do failovers. Nobody starts brokers again meanwhile.
 */
public final class StoreOutage {
  private static final int PARTITIONS = 16;
  private static final Duration WELL_LIMIT = Duration.ofMinutes(3);
  private static final Duration GAP_LIMIT = Duration.ofMinutes(2);
  private static final Duration REST = Duration.ofSeconds(3);

  /** Quiet time and outage are looked at in parts of this length. */
  private static final Duration WINDOW = Duration.ofSeconds(10);

  /** The outage lasts so many times as long as the quiet time that it is compared with. */
  private static final int QUIET_SHARE = 3;

  /** Long enough that leases and sessions of brokers with the store have ended. */
  private static final Duration BEFORE_A_FAULT = Duration.ofSeconds(10);

  private static final String QUIET = "store-outage/quiet";
  private static final String AWAY = "store-outage/away";
  private static final String LEADER = "store-outage/kill-leader";
  private static final String CONTROLLER = "store-outage/kill-controller";

  /** Smallest gap that can be seen: each partition is sent a record so often. */
  private static final double SEEN_MS = 1e3 * PARTITIONS / GapLoad.RATE;

  private static final double LEADER_P50_MS = 100;
  private static final double LEADER_MAX_MS = 500;
  private static final double CONTROLLER_MAX_MS = 2_500;

  private StoreOutage() {}

  /** The rows that {@link #measure} fills. */
  public static List<Row> rows() {
    return List.of(
        row(QUIET, "nothing: longest gap in 10 s, p50", null),
        row(
            AWAY,
            "state store away: longest gap in 10 s, p50",
            new Target.AtMostAbove(QUIET, SEEN_MS)),
        row(AWAY + "-max", "state store away: longest gap of all", null),
        row(
            LEADER,
            "kill -9 of a leader while the state store is away: p50",
            new Target.AtMostAbove(QUIET, LEADER_P50_MS)),
        row(
            LEADER + "-max",
            "kill -9 of a leader while the state store is away: most",
            new Target.AtMost(LEADER_MAX_MS)),
        row(
            CONTROLLER + "-max",
            "kill -9 of the controller while the state store is away: most",
            new Target.AtMost(CONTROLLER_MAX_MS)),
        new Row(
            "store-outage/errors",
            "Leat, all of this: records given up by the client",
            Unit.RECORDS,
            new Target.AtMost(0)));
  }

  private static Row row(String id, String label, @Nullable Target target) {
    return new Row(id, "Leat, " + label, Unit.MILLISECONDS, target);
  }

  /** Starts a cluster, takes its store away and strikes, and ends it. */
  public static Map<String, Double> measure(Lab lab) {
    Map<String, Double> samples = new HashMap<>();
    try (LeatTrio trio = LeatTrio.start(lab, PARTITIONS);
        GapLoad load = new GapLoad(PARTITIONS, trio::sender)) {
      awaitWell(trio);
      samples.put(QUIET, median(windows(load, lab.scale().outage().dividedBy(QUIET_SHARE))));
      Signal.STOP.send(trio.storePid());
      double[] away = windows(load, lab.scale().outage());
      Signal.CONT.send(trio.storePid());
      samples.put(AWAY, median(away));
      samples.put(AWAY + "-max", most(away));
      double[] leader = new double[lab.scale().slowFaults()];
      double[] controller = new double[lab.scale().slowFaults()];
      for (int round = 0; round < leader.length; round++) {
        leader[round] = strike(trio, load, false);
        controller[round] = strike(trio, load, true);
      }
      samples.put(LEADER, median(leader));
      samples.put(LEADER + "-max", most(leader));
      samples.put(CONTROLLER + "-max", most(controller));
      samples.put("store-outage/errors", (double) load.failures());
    }
    return samples;
  }

  private static void awaitWell(LeatTrio trio) {
    Await.until("a well cluster", WELL_LIMIT, trio::isWell);
    Await.pause(REST);
  }

  /** Longest gap of each window. */
  private static double[] windows(GapLoad load, Duration time) {
    double[] gaps = new double[(int) Math.max(1, time.dividedBy(WINDOW))];
    for (int window = 0; window < gaps.length; window++) {
      load.begin();
      Await.pause(WINDOW);
      gaps[window] = most(load.end(GAP_LIMIT, Duration.ZERO));
    }
    return gaps;
  }

  private static double strike(LeatTrio trio, GapLoad load, boolean atController) {
    awaitWell(trio);
    int controller = trio.controller();
    int victim =
        trio.leaders().stream()
            .filter(leader -> (leader == controller) == atController)
            .findFirst()
            .orElseThrow();
    long pid = trio.pid(victim);
    Signal.STOP.send(trio.storePid());
    try {
      Await.pause(BEFORE_A_FAULT);
      load.begin();
      Signal.KILL.send(pid);
      double gap = most(load.end(GAP_LIMIT, REST));
      System.err.printf(
          Locale.ROOT,
          "bench:     state store away, kill -9 of %s: %.0f ms%n",
          atController ? "the controller" : "a leader",
          gap);
      return gap;
    } finally {
      Signal.CONT.send(trio.storePid());
    }
  }

  private static double most(double[] gaps) {
    return Arrays.stream(gaps).max().orElseThrow();
  }

  private static double median(double[] gaps) {
    return Arrays.stream(gaps).sorted().toArray()[gaps.length / 2];
  }
}
