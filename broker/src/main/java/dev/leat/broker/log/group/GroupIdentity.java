package dev.leat.broker.log.group;

import dev.leat.broker.log.Replica;
import java.util.List;

/**
 * Which group this is, and which replica of it. On disk before anything else of the group.
 *
 * @param history random number of this history of the group
 * @param self this replica
 * @param firstVoters voters before the first config entry; empty in a replica that joined later and
 *     gets its config with a snapshot
 * @param forks the histories that this one comes from, oldest first; none, unless a person or a
 *     policy gave records up for availability
 */
public record GroupIdentity(
    long history, Replica self, List<Replica> firstVoters, List<HistoryFork> forks) {
  /** No replica any more: the group was dropped from this disk. */
  public static final GroupIdentity NONE = new GroupIdentity(0, new Replica(-1, 0), List.of());

  /** So many forks are remembered. */
  public static final int MAX_FORKS = 16;

  /** Copies the lists. */
  public GroupIdentity {
    firstVoters = List.copyOf(firstVoters);
    forks = List.copyOf(forks.subList(Math.max(0, forks.size() - MAX_FORKS), forks.size()));
  }

  /** A replica of a history that comes from no other, as far as is known here. */
  public GroupIdentity(long history, Replica self, List<Replica> firstVoters) {
    this(history, self, firstVoters, List.of());
  }

  /** This replica, in a history with these forks. */
  GroupIdentity with(List<HistoryFork> known) {
    return new GroupIdentity(history, self, firstVoters, known);
  }

  /** Whether this history comes from that one. */
  public boolean comesFrom(long other) {
    return forks.stream().anyMatch(fork -> fork.parent() == other);
  }
}
