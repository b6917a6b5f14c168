package dev.leat.broker.replication;

import dev.leat.broker.log.Replica;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToLongFunction;

/** Majorities of a set of voters. */
final class Quorum {
  private Quorum() {}

  /** How many of the set a commit, and a Collect, needs. */
  static int of(List<Replica> set) {
    return set.size() / 2 + 1;
  }

  /** The highest value that a quorum of the set has reached. */
  static long reachedBy(List<Replica> set, ToLongFunction<Replica> value) {
    long[] values = new long[set.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = value.applyAsLong(set.get(i));
    }
    Arrays.sort(values);
    return values[values.length - of(set)];
  }
}
