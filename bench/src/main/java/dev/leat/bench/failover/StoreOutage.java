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

  /** Long enough that leases and sessions of brokers with the store have ended. */
  private static final Duration BEFORE_A_FAULT = Duration.ofSeconds(10);

  private static final String QUIET = "store-outage/quiet";
  private static final String AWAY = "store-outage/away";
  private static final String LEADER = "store-outage/kill-leader";
  private static final String CONTROLLER = "store-outage/kill-controller";
  private static final double LEADER_MAX_MS = 100;
  private static final double CONTROLLER_MAX_MS = 2_500;

  private StoreOutage() {}

  /** The rows that {@link #measure} fills. */
  public static List<Row> rows() {
    return List.of(
        row(QUIET, "nothing", null),
        row(AWAY, "state store away", new Target.AtMostAbove(QUIET, 0)),
        row(
            LEADER,
            "kill -9 of a leader while the state store is away",
            new Target.AtMostAbove(QUIET, LEADER_MAX_MS)),
        row(
            CONTROLLER,
            "kill -9 of the controller while the state store is away",
            new Target.AtMost(CONTROLLER_MAX_MS)));
  }

  private static Row row(String id, String label, @Nullable Target target) {
    return new Row(id, "Leat, " + label + ": longest gap", Unit.MILLISECONDS, target);
  }

  /** Starts a cluster, takes its store away and strikes, and ends it. */
  public static Map<String, Double> measure(Lab lab) {
    Map<String, Double> samples = new HashMap<>();
    try (LeatTrio trio = LeatTrio.start(lab, PARTITIONS);
        GapLoad load = new GapLoad(PARTITIONS, trio::sender)) {
      awaitWell(trio);
      load.begin();
      Await.pause(lab.scale().outage());
      samples.put(QUIET, worst(load.end(GAP_LIMIT, REST)));
      load.begin();
      Signal.STOP.send(trio.storePid());
      Await.pause(lab.scale().outage());
      samples.put(AWAY, worst(load.end(GAP_LIMIT, REST)));
      samples.put(LEADER, strike(trio, load, false));
      Signal.CONT.send(trio.storePid());
      awaitWell(trio);
      Signal.STOP.send(trio.storePid());
      Await.pause(BEFORE_A_FAULT);
      samples.put(CONTROLLER, strike(trio, load, true));
      Signal.CONT.send(trio.storePid());
    }
    return samples;
  }

  private static void awaitWell(LeatTrio trio) {
    Await.until("a well cluster", WELL_LIMIT, trio::isWell);
    Await.pause(REST);
  }

  private static double strike(LeatTrio trio, GapLoad load, boolean atController) {
    int controller = trio.controller();
    int victim =
        trio.leaders().stream()
            .filter(leader -> (leader == controller) == atController)
            .findFirst()
            .orElseThrow();
    long pid = trio.pid(victim);
    load.begin();
    Signal.KILL.send(pid);
    return worst(load.end(GAP_LIMIT, REST));
  }

  private static double worst(double[] gaps) {
    return Arrays.stream(gaps).max().orElseThrow();
  }
}
