package dev.leat.bench.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** What was measured in all rounds, by row. Belongs to one thread. */
public final class Samples {
  private final Map<String, List<Double>> values = new LinkedHashMap<>();
  private final Map<String, List<Double>> disturbances = new LinkedHashMap<>();
  private final Map<String, List<String>> failures = new LinkedHashMap<>();

  /**
   * Adds one measurement.
   *
   * @param disturbance share of the processors, 0 to 1, that others used meanwhile
   */
  public void add(String row, double value, double disturbance) {
    values.computeIfAbsent(row, id -> new ArrayList<>()).add(value);
    disturbances.computeIfAbsent(row, id -> new ArrayList<>()).add(disturbance);
  }

  /** Adds one measurement that could not be made. */
  public void addFailure(String row, String reason) {
    failures.computeIfAbsent(row, id -> new ArrayList<>()).add(reason);
  }

  /** In the order in which they were measured. */
  public List<Double> of(String row) {
    return values.getOrDefault(row, List.of());
  }

  /** What others used of the processors meanwhile, in the same order. */
  public List<Double> disturbancesOf(String row) {
    return disturbances.getOrDefault(row, List.of());
  }

  /** The same for all rows together, from the least to the most. */
  public List<Double> disturbances() {
    return disturbances.values().stream().flatMap(List::stream).sorted().toList();
  }

  /** Why measurements of the row could not be made, one line each. */
  public List<String> failuresOf(String row) {
    return failures.getOrDefault(row, List.of());
  }

  /** The one in the middle; of an even number the mean of both. */
  public OptionalDouble median(String row) {
    List<Double> sorted = of(row).stream().sorted().toList();
    int half = sorted.size() / 2;
    return sorted.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of((sorted.get((sorted.size() - 1) / 2) + sorted.get(half)) / 2);
  }
}
