package dev.leat.broker.control.coordination;

import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Promise;
import dev.leat.broker.log.Replica;
import dev.leat.broker.replication.GroupStatus;
import dev.leat.broker.replication.Role;
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
 * @param contactAgeMs how long ago it heard of {@code promised.leader} at work, ms; -1 if never
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
    long contactAgeMs) {

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
        contact == Long.MIN_VALUE ? -1 : Math.max(0, now - contact));
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
        -1);
  }

  /** Whether its config is newer than that of {@code other}. */
  boolean hasNewerConfigThan(GroupReport other) {
    if (config == null || other.config == null) {
      return config != null;
    }
    return configEpoch > other.configEpoch
        || (configEpoch == other.configEpoch && configSeq > other.configSeq);
  }

  /** Whether its log is better than that of {@code other}. */
  boolean hasBetterLogThan(GroupReport other) {
    return lastEpoch > other.lastEpoch || (lastEpoch == other.lastEpoch && lastSeq > other.lastSeq);
  }

  /** Whether it says what {@code other} says, but for how far its log goes. */
  boolean saysSame(GroupReport other) {
    return history == other.history
        && self.equals(other.self)
        && role == other.role
        && promised.equals(other.promised)
        && configEpoch == other.configEpoch
        && configSeq == other.configSeq;
  }
}
