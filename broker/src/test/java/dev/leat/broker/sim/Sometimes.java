package dev.leat.broker.sim;

import java.util.Map;
import java.util.TreeMap;

/** Counts what happened over all seeds: what never happens is not tested. */
final class Sometimes {
  private final Map<String, Long> counts = new TreeMap<>();

  void happened(String what) {
    counts.merge(what, 1L, Long::sum);
  }

  void addAll(Sometimes other) {
    other.counts.forEach((what, count) -> counts.merge(what, count, Long::sum));
  }

  long count(String what) {
    return counts.getOrDefault(what, 0L);
  }

  @Override
  public String toString() {
    return counts.toString();
  }
}
