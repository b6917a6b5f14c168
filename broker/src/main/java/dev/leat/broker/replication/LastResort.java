package dev.leat.broker.replication;

import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Promise;
import dev.leat.broker.log.Withdrawal;
import dev.leat.broker.log.group.GroupCheckpoint;
import dev.leat.broker.log.group.GroupIdentity;
import dev.leat.broker.log.group.GroupState;

/**
 * What a replica had when it withdrew: all of its log, committed or not. Nobody reads it, unless
 * the group has to begin again from it.
 *
 * @param state everything, folded
 * @param reason why it withdrew
 */
record LastResort(GroupState state, Withdrawal reason) {

  /** As the journal keeps it. */
  GroupCheckpoint checkpoint() {
    return new GroupCheckpoint(state, Promise.withdrawn(reason));
  }

  /** What it was. Not to be counted for anything but a choice of the last resort. */
  GroupStatus status() {
    GroupIdentity identity = state.identity();
    int epoch = state.epochs().lastEpoch();
    return new GroupStatus(
        identity.history(),
        identity.self(),
        Role.FOLLOWER,
        Promise.NONE,
        epoch,
        state.seq(),
        state.seq(),
        state.seq(),
        state.config(),
        state.epochs().epochAt(state.configSeq()),
        state.configSeq(),
        Long.MIN_VALUE,
        identity.forks(),
        reason);
  }

  /** One line for a person. */
  static String detail(GroupId group, Withdrawal reason, GroupState state) {
    GroupConfig config = state.config();
    boolean alone = config == null || config.all().size() == 1;
    return "%s: replica %s takes part no more: %s; %s"
        .formatted(
            group,
            state.identity().self(),
            reason.reason(),
            alone
                ? "there is no other: restore the directory from a newer copy, or go on without"
                    + " what is lost: leat restore --accept-loss DIR"
                : "it comes back as a new one, from the other replicas");
  }
}
