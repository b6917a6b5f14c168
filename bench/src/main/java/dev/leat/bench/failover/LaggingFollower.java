package dev.leat.bench.failover;

import dev.leat.bench.lab.Lab;
import dev.leat.bench.peer.Latency;
import dev.leat.bench.process.Await;
import dev.leat.bench.process.MeasurementException;
import dev.leat.bench.report.Row;
import dev.leat.bench.report.Target;
import dev.leat.bench.report.Unit;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whether producers notice that one of three brokers, which leads nothing, works at a sixth. */
public final class LaggingFollower {
  private static final int PARTITIONS = 16;
  private static final Duration WELL_LIMIT = Duration.ofMinutes(3);
  private static final Duration REST = Duration.ofSeconds(2);

  /** What two runs of the same differ by. */
  private static final double MORE_MAX_MS = 1;

  private final String id;
  private final String label;
  private final Failovers.Starter starter;
  private final Load load;

  /**
   * A product.
   *
   * @param id part of the ids of rows
   * @param label name of the product
   * @param starter starts its cluster
   * @param load its load client
   */
  public LaggingFollower(String id, String label, Failovers.Starter starter, Load load) {
    this.id = "lagging/" + id;
    this.label = label;
    this.starter = starter;
    this.load = load;
  }

  /** Produces at a fixed rate for as long as the scale says of latencies. */
  @FunctionalInterface
  public interface Load {
    /** How long acknowledgements took. */
    Latency run(Lab lab, Trio trio);
  }

  /** The rows that {@link #measure} fills. */
  public List<Row> rows() {
    boolean judged = id.endsWith("leat");
    return List.of(
        row("quiet-p50", "undisturbed: p50", null),
        row("quiet-p99", "undisturbed: p99", null),
        row("slow-p50", "a follower stopped for 1 s of every 1.2 s: p50", null),
        row(
            "slow-p99",
            "a follower stopped for 1 s of every 1.2 s: p99",
            judged ? new Target.AtMostAbove(id + "-quiet-p99", MORE_MAX_MS) : null));
  }

  private Row row(String what, String words, @Nullable Target target) {
    return new Row(id + "-" + what, label + ", " + words, Unit.MILLISECONDS, target);
  }

  /** Starts a cluster, measures with and without a slow follower, and ends it. */
  public Map<String, Double> measure(Lab lab) {
    try (Trio trio = starter.start(lab, PARTITIONS)) {
      awaitWell(trio);
      load.run(lab, trio);
      int follower = makeFollower(trio);
      Latency slow;
      try (Stutter stutter = new Stutter(trio.pid(follower))) {
        slow = load.run(lab, trio);
        requireFollower(trio, follower);
      }
      awaitWell(trio);
      Latency quiet = load.run(lab, trio);
      return Map.of(
          id + "-quiet-p50", quiet.p50(),
          id + "-quiet-p99", quiet.p99(),
          id + "-slow-p50", slow.p50(),
          id + "-slow-p99", slow.p99());
    }
  }

  /**
   * A broker that was asked to end and is back leads nothing for a minute at least, whichever
   * product it is of.
   */
  private static int makeFollower(Trio trio) {
    int controller = trio.controller();
    int broker =
        trio.leaders().stream()
            .filter(leader -> leader != controller)
            .max(Comparator.naturalOrder())
            .orElseThrow();
    long pid = trio.pid(broker);
    Signal.TERM.send(pid);
    Await.until("the end of a broker", WELL_LIMIT, () -> ProcessHandle.of(pid).isEmpty());
    trio.restart(broker);
    awaitWell(trio);
    requireFollower(trio, broker);
    return broker;
  }

  private static void requireFollower(Trio trio, int broker) {
    if (trio.leaders().contains(broker)) {
      throw new MeasurementException("the slow broker was made a leader");
    }
  }

  private static void awaitWell(Trio trio) {
    Await.until("a well cluster", WELL_LIMIT, trio::isWell);
    Await.pause(REST);
  }
}
