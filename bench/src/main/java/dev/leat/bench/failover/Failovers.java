package dev.leat.bench.failover;

import dev.leat.bench.lab.Lab;
import dev.leat.bench.lab.Scale;
import dev.leat.bench.process.MeasurementException;
import dev.leat.bench.report.Row;
import dev.leat.bench.report.Target;
import dev.leat.bench.report.Unit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * All faults against one product, on one cluster, in turn: a broker that fails again and again is
 * taken back later each time, and would make each round of one fault longer than the one before.
 */
public final class Failovers {
  /** Enough that each broker leads some, few enough that a gap is seen to 8 ms. */
  private static final int PARTITIONS = 16;

  private static final double P99 = 0.99;

  /** Limits of Leat, ms. */
  private static final Map<Fault, Limits> LIMITS =
      new EnumMap<>(
          Map.of(
              Fault.KILL_LEADER, new Limits(100, 500),
              Fault.KILL_CONTROLLER, new Limits(200, 800),
              Fault.STOP_LEADER, new Limits(50, Double.NaN),
              Fault.SILENCE, new Limits(2_500, 2_500)));

  private static final double OTHERS_MAX_MS = 50;

  private final String id;
  private final String label;
  private final ToIntFunction<Scale> rounds;
  private final Starter starter;

  /**
   * A product.
   *
   * @param id part of the ids of rows
   * @param label name of the product
   * @param rounds how often each fault is done to it
   * @param starter starts its cluster
   */
  public Failovers(String id, String label, ToIntFunction<Scale> rounds, Starter starter) {
    this.id = id;
    this.label = label;
    this.rounds = rounds;
    this.starter = starter;
  }

  /** Starts a cluster with a topic of so many partitions. */
  @FunctionalInterface
  public interface Starter {
    /** Starts. */
    Trio start(Lab lab, int partitions);
  }

  private record Limits(double median, double p99) {}

  /** The rows that {@link #measure} fills. */
  public List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    rows.add(Row.plain(roundsId(), label + ": how often each was done", Unit.ROUNDS));
    rows.add(row(Fault.NONE, "p50", "p50", null));
    for (Fault fault : Fault.values()) {
      if (fault != Fault.NONE) {
        Limits limits = id.equals("leat") ? LIMITS.get(fault) : null;
        rows.add(row(fault, "p50", "p50", limits == null ? null : atMost(limits.median())));
        rows.add(row(fault, "p99", "p99", limits == null ? null : atMost(limits.p99())));
        rows.add(
            row(
                fault,
                "others",
                "p50 of partitions that it did not lead",
                limits == null ? null : atMost(OTHERS_MAX_MS)));
        rows.add(
            new Row(
                rowId(fault, "errors"),
                label + ", " + fault.label() + ": records given up by the client",
                Unit.RECORDS,
                limits == null ? null : atMost(0)));
      }
    }
    return rows;
  }

  /** A limit of up to 100 ms is one of the difference to an undisturbed run. */
  private Target atMost(double limit) {
    return limit <= 100
        ? new Target.AtMostAbove(rowId(Fault.NONE, "p50"), limit)
        : new Target.AtMost(limit);
  }

  private Row row(Fault fault, String what, String words, @Nullable Target target) {
    return new Row(
        rowId(fault, what),
        "%s, %s: %s".formatted(label, fault.label(), words),
        Unit.MILLISECONDS,
        target);
  }

  private String roundsId() {
    return "failover/" + id + "-rounds";
  }

  private String rowId(Fault fault, String what) {
    return "failover/" + id + "-" + fault.id() + "-" + what;
  }

  /** Starts the cluster, does all faults, and ends it. */
  public Map<String, Double> measure(Lab lab) {
    Map<Fault, List<Strike.Gaps>> all = new EnumMap<>(Fault.class);
    try (Trio trio = starter.start(lab, PARTITIONS);
        GapLoad load = new GapLoad(PARTITIONS, trio::sender)) {
      Strike strike = new Strike(trio, load);
      int count = rounds.applyAsInt(lab.scale());
      for (int round = 1; round <= count; round++) {
        for (Fault fault : Fault.values()) {
          strike.awaitWell(fault);
          Strike.Gaps gaps = strike.once(fault);
          all.computeIfAbsent(fault, each -> new ArrayList<>()).add(gaps);
          say("%d of %d, %s: %s".formatted(round, count, fault.label(), gaps));
        }
      }
    } catch (MeasurementException e) {
      // Half an hour of rounds is not thrown away; how many there were is a row.
      if (all.size() < Fault.values().length) {
        throw e;
      }
      say("%s ended early: %s".formatted(label, e.getMessage()));
    }
    return samples(all);
  }

  private static void say(String line) {
    System.err.printf(Locale.ROOT, "bench:     %s%n", line);
  }

  private Map<String, Double> samples(Map<Fault, List<Strike.Gaps>> all) {
    Map<String, Double> samples = new HashMap<>();
    samples.put(roundsId(), (double) all.values().stream().mapToInt(List::size).min().orElse(0));
    for (Fault fault : Fault.values()) {
      List<Strike.Gaps> gaps = Objects.requireNonNull(all.get(fault));
      samples.put(rowId(fault, "p50"), quantile(gaps, 0.5, led(fault)));
      samples.put(rowId(fault, "p99"), quantile(gaps, P99, led(fault)));
      samples.put(rowId(fault, "others"), quantile(gaps, 0.5, Strike.Gaps::others));
      samples.put(
          rowId(fault, "errors"), (double) gaps.stream().mapToLong(Strike.Gaps::errors).sum());
    }
    return samples;
  }

  /** An undisturbed run has no victim: all partitions count. */
  private static ToDoubleFunction<Strike.Gaps> led(Fault fault) {
    return fault == Fault.NONE ? gaps -> Math.max(gaps.led(), gaps.others()) : Strike.Gaps::led;
  }

  private static double quantile(
      List<Strike.Gaps> gaps, double share, ToDoubleFunction<Strike.Gaps> of) {
    double[] sorted = gaps.stream().mapToDouble(of).sorted().toArray();
    return sorted[(int) Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  }
}
