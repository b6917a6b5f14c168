package dev.leat.broker.log;

import java.util.ArrayList;
import java.util.List;

/**
 * Who votes on a group.
 *
 * @param voters the voters, in order
 * @param prev the old voters while a change is open (the config is joint then), else empty
 */
public record GroupConfig(List<Replica> voters, List<Replica> prev) {
  /** Most voters of a group. */
  public static final int MAX_VOTERS = 5;

  /** Sorts the voters. Two or four cost more than one or three and survive no more. */
  public GroupConfig {
    voters = voters.stream().sorted().distinct().toList();
    prev = prev.stream().sorted().distinct().toList();
    Invariant.check(voters.size() % 2 == 1, "%d voters of at most %d", voters.size(), MAX_VOTERS);
    Invariant.check(voters.size() <= MAX_VOTERS, "%d voters, %d fit", voters.size(), MAX_VOTERS);
  }

  /** A config that is not joint. */
  public static GroupConfig of(List<Replica> voters) {
    return new GroupConfig(voters, List.of());
  }

  /** Whether a change of voters is open. */
  public boolean isJoint() {
    return !prev.isEmpty();
  }

  /** Whether {@code replica} is in either set. */
  public boolean contains(Replica replica) {
    return voters.contains(replica) || prev.contains(replica);
  }

  /** Everyone in either set, in order. */
  public List<Replica> all() {
    if (prev.isEmpty()) {
      return voters;
    }
    List<Replica> all = new ArrayList<>(voters);
    all.addAll(prev);
    return all.stream().sorted().distinct().toList();
  }
}
