package dev.leat.broker.log.disk;

import dev.leat.broker.log.FormatRange;

/**
 * What each end of a connection between brokers says first. {@link PeerTable#judge} says what to
 * answer.
 *
 * @param disk who it is
 * @param formats versions of entries and checkpoints that it can read
 * @param written version that it writes now
 */
public record Hello(DiskIdentity disk, FormatRange formats, int written) {}
