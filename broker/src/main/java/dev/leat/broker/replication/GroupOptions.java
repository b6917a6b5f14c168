package dev.leat.broker.replication;

/**
 * Limits and times of a group. Safety depends on none of them.
 *
 * @param maxEntryBytes batches of a partition share an entry up to this size
 * @param maxPendingBytes appended but uncommitted bytes, above which parts are refused as THROTTLED
 * @param maxCopyBytes entries of one message to a follower
 * @param maxInFlightBytes sent to a follower and not acked; above it, it is fed from the journal
 * @param heartbeatMs a follower hears at least this often from its leader
 * @param contactMs a leader that has not heard from a quorum for so long takes no records
 * @param resendMs a follower that has not acked for so long gets everything unacked again
 * @param producerExpiryMs producers not heard of for so long are forgotten
 * @param clockMs how exact that is: the clock goes into the log this often, if it is needed
 */
public record GroupOptions(
    int maxEntryBytes,
    long maxPendingBytes,
    int maxCopyBytes,
    long maxInFlightBytes,
    long heartbeatMs,
    long contactMs,
    long resendMs,
    long producerExpiryMs,
    long clockMs) {
  /** What production uses. */
  public static final GroupOptions DEFAULT =
      new GroupOptions(
          1 << 20, 64L << 20, 1 << 20, 8L << 20, 250, 1_000, 1_000, 86_400_000L, 600_000L);
}
