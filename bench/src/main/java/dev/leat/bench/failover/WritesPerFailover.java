package dev.leat.bench.failover;

import dev.leat.bench.lab.Lab;
import dev.leat.bench.report.Row;
import dev.leat.bench.report.Target;
import dev.leat.bench.report.Unit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a failover costs the state store: how often ClusterState is written, with few partitions and
 * with very many. Leases are other objects, written beside it, and do not count.
 */
public final class WritesPerFailover {
  /** Partitions that are written to; all others only exist. */
  private static final int USED = 64;

  private static final int ROUNDS_MAX = 3;
  private static final List<Fault> FAULTS = List.of(Fault.KILL_LEADER, Fault.KILL_CONTROLLER);

  private final int partitions;

  /**
   * On a cluster of some size.
   *
   * @param partitions at least 64
   */
  public WritesPerFailover(int partitions) {
    this.partitions = partitions;
  }

  /** The rows that {@link #measure} fills. */
  public List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    for (Fault fault : FAULTS) {
      String id = id(fault);
      String label =
          String.format(Locale.ROOT, "Leat, %,d partitions, %s: ", partitions, fault.label());
      rows.add(
          new Row(id, label + "most writes until it is back", Unit.WRITES, new Target.AtMost(1)));
      rows.add(Row.plain(id + "-back", label + "most writes when it comes back", Unit.WRITES));
      rows.add(Row.plain(id + "-gap", label + "longest gap", Unit.MILLISECONDS));
    }
    return rows;
  }

  private String id(Fault fault) {
    return "state-writes/leat-" + partitions + "-" + fault.id();
  }

  /** Starts a cluster, kills in it, and ends it. */
  public Map<String, Double> measure(Lab lab) {
    Map<String, Double> samples = new HashMap<>();
    try (LeatTrio trio = LeatTrio.start(lab, USED)) {
      trio.fill(partitions - USED);
      try (GapLoad load = new GapLoad(USED, trio::sender);
          StateWrites writes = new StateWrites(trio.pid(0))) {
        Strike strike = new Strike(trio, load);
        for (int round = 0; round < Math.min(ROUNDS_MAX, lab.scale().faults()); round++) {
          FAULTS.forEach(fault -> kill(fault, strike, writes, samples));
        }
      }
    }
    return samples;
  }

  private void kill(Fault fault, Strike strike, StateWrites writes, Map<String, Double> samples) {
    strike.awaitWell(fault);
    writes.begin();
    Strike.Gaps gaps = strike.once(fault);
    strike.awaitWell(fault);
    StateWrites.Count count = writes.count(gaps.victim());
    String id = id(fault);
    System.err.printf(Locale.ROOT, "bench:     %s: %s, %s%n", id, count, gaps);
    samples.merge(id, (double) count.failover(), Math::max);
    samples.merge(id + "-back", (double) count.comeback(), Math::max);
    samples.merge(id + "-gap", gaps.led(), Math::max);
  }
}
