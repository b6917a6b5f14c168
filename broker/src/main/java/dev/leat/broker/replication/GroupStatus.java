package dev.leat.broker.replication;

import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.log.Promise;
import dev.leat.broker.log.Replica;
import dev.leat.broker.log.Withdrawal;
import dev.leat.broker.log.group.HistoryFork;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a replica is and has: what whoever appoints asks the voters, and what a person sees.
 *
 * @param history the group's history
 * @param self this replica
 * @param role what it does
 * @param promised what it has promised
 * @param lastEpoch epoch of its last entry, 0 if there is none
 * @param lastSeq seq of its last entry
 * @param committedSeq highest seq that it knows to be committed
 * @param appliedSeq highest seq that is committed and on this disk: readers see all up to it
 * @param config newest config in its log; null in a replica that has nothing yet
 * @param configEpoch epoch of that config's entry, 0 if it is that of the first voters
 * @param configSeq its seq
 * @param leaderContactMs when (by the machine's clock) it last heard of a leader at work; its own
 *     time while it leads with a quorum; {@code Long.MIN_VALUE} if never
 * @param forks UNCLEAN: the histories that its own comes from, oldest first
 * @param withdrawal why it takes part no more, and is but a last resort; null if it takes part
 */
public record GroupStatus(
    long history,
    Replica self,
    Role role,
    Promise promised,
    int lastEpoch,
    long lastSeq,
    long committedSeq,
    long appliedSeq,
    @Nullable GroupConfig config,
    int configEpoch,
    long configSeq,
    long leaderContactMs,
    List<HistoryFork> forks,
    @Nullable Withdrawal withdrawal) {

  /** Copies the list. */
  public GroupStatus {
    forks = List.copyOf(forks);
  }

  static GroupStatus of(GroupReplica replica) {
    GroupCore core = replica.core();
    GroupLog log = core.log;
    long contact =
        switch (replica.role()) {
          case Follower follower -> follower.contactMs();
          case Leader leader -> leader.hasContact() ? core.nowMs() : Long.MIN_VALUE;
          case Collector collector -> Long.MIN_VALUE;
        };
    return new GroupStatus(
        log.state().identity().history(),
        core.self(),
        replica.role().role(),
        log.promise(),
        log.lastEpoch(),
        log.lastSeq(),
        core.committed(),
        log.state().seq(),
        log.config(),
        log.configEpoch(),
        log.configSeq(),
        contact,
        log.state().identity().forks(),
        null);
  }
}
