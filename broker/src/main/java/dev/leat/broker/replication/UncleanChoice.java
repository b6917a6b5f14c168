package dev.leat.broker.replication;

import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.log.Replica;
import dev.leat.broker.log.Withdrawal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * UNCLEAN: whether a group has to begin again from one replica, and from which. Pure: whoever
 * appoints asks all brokers, and decides with this.
 */
public final class UncleanChoice {
  private static final Comparator<GroupStatus> BY_LOG =
      Comparator.comparingInt(GroupStatus::lastEpoch)
          .thenComparingLong(GroupStatus::lastSeq)
          .thenComparing(GroupStatus::self, Comparator.reverseOrder());

  private UncleanChoice() {}

  /**
   * The replica to begin with.
   *
   * @param policy what the class of the group's topics wants
   * @param lostMs for how long no quorum has been seen
   * @param present status of every replica that answers
   * @param lastResorts what those had that have withdrawn: taken only if nobody else answers, and
   *     never from one that withdrew because the group went on elsewhere: two histories of which
   *     neither comes from the other would be led
   * @return empty if the group is to wait, or has a quorum, or nobody has anything of it
   */
  public static Optional<Replica> choose(
      UncleanPolicy policy,
      long lostMs,
      Collection<GroupStatus> present,
      Collection<GroupStatus> lastResorts) {
    boolean due =
        policy.availableAfterMs() != UncleanPolicy.WAIT && lostMs >= policy.availableAfterMs();
    return due ? best(present, lastResorts) : Optional.empty();
  }

  /** As {@link #choose}, because a person says so. */
  public static Optional<Replica> best(
      Collection<GroupStatus> present, Collection<GroupStatus> lastResorts) {
    List<GroupStatus> voters = withLog(present);
    if (hasQuorum(voters)) {
      return Optional.empty();
    }
    List<GroupStatus> candidates = voters;
    if (voters.isEmpty()) {
      candidates = withLog(lastResorts);
      candidates.removeIf(had -> had.withdrawal() == Withdrawal.FORKED);
    }
    return candidates.stream().max(BY_LOG).map(GroupStatus::self);
  }

  private static List<GroupStatus> withLog(Collection<GroupStatus> all) {
    List<GroupStatus> some = new ArrayList<>(all);
    some.removeIf(status -> status.config() == null);
    return some;
  }

  /** Whether quorums of the newest config that anybody knows are there: then a leader is enough. */
  public static boolean hasQuorum(Collection<GroupStatus> present) {
    Optional<GroupConfig> newest =
        present.stream()
            .filter(status -> status.config() != null)
            .max(
                Comparator.comparingInt(GroupStatus::configEpoch)
                    .thenComparingLong(GroupStatus::configSeq))
            .map(GroupStatus::config);
    Set<Replica> here = new HashSet<>();
    present.forEach(status -> here.add(status.self()));
    return newest
        .map(
            config ->
                isMet(config.voters(), here) && (!config.isJoint() || isMet(config.prev(), here)))
        .orElse(false);
  }

  private static boolean isMet(List<Replica> set, Set<Replica> here) {
    return set.stream().filter(here::contains).count() >= Quorum.of(set);
  }
}
