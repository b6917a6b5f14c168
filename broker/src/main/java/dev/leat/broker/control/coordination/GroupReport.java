package dev.leat.broker.control.coordination;

import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Promise;
import dev.leat.broker.log.Replica;
import dev.leat.broker.log.Withdrawal;
import dev.leat.broker.log.group.HistoryFork;
import dev.leat.broker.replication.GroupStatus;
import dev.leat.broker.replication.Role;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one replica of a group is and has, as told to other brokers. Old as soon as it is sent.
 *
 * @param group the group
 * @param history its history
 * @param self the replica
 * @param role what it does
 * @param promised what it has promised
 * @param lastEpoch epoch of its last entry, 0 if there is none
 * @param lastSeq seq of its last entry
 * @param committedSeq highest seq that it knows to be committed
 * @param config newest config in its log; null in a replica that has nothing yet
 * @param configEpoch epoch of that config's entry
 * @param configSeq its seq
 * @param contactAgeMs how long ago it heard of {@code promised.leader} at work, ms; -1 if never; of
 *     a leader: 0 while it reaches a quorum, else -1
 * @param forks UNCLEAN: the histories that its own comes from, oldest first: whose replicas hear of
 *     it withdraw
 * @param withdrawal why it takes part no more: what is reported is a last resort and counts for
 *     nothing else; null in a replica that takes part
 */
public record GroupReport(
    GroupId group,
    long history,
    Replica self,
    Role role,
    Promise promised,
    int lastEpoch,
    long lastSeq,
    long committedSeq,
    @Nullable GroupConfig config,
    int configEpoch,
    long configSeq,
    long contactAgeMs,
    List<HistoryFork> forks,
    @Nullable Withdrawal withdrawal) {

  /** Copies the list. */
  public GroupReport {
    forks = List.copyOf(forks);
  }

  /** The status of a replica, as of {@code now}. */
  public static GroupReport of(GroupId group, GroupStatus status, long now) {
    long contact = status.leaderContactMs();
    return new GroupReport(
        group,
        status.history(),
        status.self(),
        status.role(),
        status.promised(),
        status.lastEpoch(),
        status.lastSeq(),
        status.committedSeq(),
        status.config(),
        status.configEpoch(),
        status.configSeq(),
        contact == Long.MIN_VALUE ? -1 : Math.max(0, now - contact),
        status.forks(),
        status.withdrawal());
  }

  /** As the replica itself sees it, for the choice of UNCLEAN. */
  GroupStatus status() {
    return new GroupStatus(
        history,
        self,
        role,
        promised,
        lastEpoch,
        lastSeq,
        committedSeq,
        committedSeq,
        config,
        configEpoch,
        configSeq,
        Long.MIN_VALUE,
        forks,
        withdrawal);
  }

  /** The same from a replica that knows its leader's process to be gone. */
  GroupReport withoutContact() {
    return new GroupReport(
        group,
        history,
        self,
        role,
        promised,
        lastEpoch,
        lastSeq,
        committedSeq,
        config,
        configEpoch,
        configSeq,
        -1,
        forks,
        withdrawal);
  }

  /** UNCLEAN: whether its history comes from that one. */
  boolean comesFrom(long other) {
    return history != other && forks.stream().anyMatch(fork -> fork.parent() == other);
  }

  /** UNCLEAN: the histories in {@code reports} that none of the others comes from. */
  static Set<Long> liveHistories(Collection<GroupReport> reports) {
    Set<Long> live = new HashSet<>();
    for (GroupReport report : reports) {
      if (reports.stream().noneMatch(other -> other.comesFrom(report.history()))) {
        live.add(report.history());
      }
    }
    return live;
  }

  /** UNCLEAN: {@code reports} without those whose history was given up for that of another one. */
  static List<GroupReport> ofLiveHistories(List<GroupReport> reports) {
    if (reports.stream().allMatch(report -> report.forks().isEmpty())) {
      return reports;
    }
    Set<Long> live = liveHistories(reports);
    return reports.stream().filter(report -> live.contains(report.history())).toList();
  }

  /** Whether its config is newer than that of {@code other}. */
  boolean hasNewerConfigThan(GroupReport other) {
    if (config == null || other.config == null) {
      return config != null;
    }
    return configEpoch > other.configEpoch
        || (configEpoch == other.configEpoch && configSeq > other.configSeq);
  }
}
