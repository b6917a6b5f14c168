package dev.leat.broker.replication;

import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.log.Promise;
import dev.leat.broker.log.Replica;
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
 *     time while it leads; {@code Long.MIN_VALUE} if never
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
    long leaderContactMs) {

  static GroupStatus of(GroupReplica replica) {
    GroupCore core = replica.core();
    GroupLog log = core.log;
    long contact =
        switch (replica.role()) {
          case Follower follower -> follower.contactMs();
          case Leader leader -> core.nowMs();
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
        contact);
  }
}
