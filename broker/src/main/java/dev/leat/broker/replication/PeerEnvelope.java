package dev.leat.broker.replication;

import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Replica;

/**
 * A message between two replicas of a group. Whoever is not {@code to}, or does not know the
 * history, drops it: it is no answer.
 *
 * @param group the group
 * @param history the group's history
 * @param from sender
 * @param to receiver
 * @param message what it says
 */
public record PeerEnvelope(
    GroupId group, long history, Replica from, Replica to, PeerMessage message) {}
