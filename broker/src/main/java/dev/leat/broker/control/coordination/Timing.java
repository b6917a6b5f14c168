package dev.leat.broker.control.coordination;

/**
 * Times, in ms, and limits. Safety depends on none of them; docs/protocol/COORDINATION.md says why
 * each is as it is.
 *
 * @param heartbeat a broker is heard of at least this often
 * @param suspect E2: so long a silence is suspicious
 * @param maxSuspect the same under load: it grows with the pauses that were seen, up to this
 * @param controllerSilence a controller not heard of for so long has stand-ins
 * @param leaseDuration the controller's Lease may be taken after so long without a change
 * @param leaseDeadline the controller counts itself out so long after it sent its last renewal that
 *     succeeded, if the store answers others
 * @param leaseRetry pause between renewals, and between attempts
 * @param brokerLeaseDuration of a broker's own Lease
 * @param brokerLeaseRetry how often it is renewed
 * @param batchWindow changes within it go into one write and one push
 * @param askTimeout how long an appointer waits for those that have not answered
 * @param contact voters that heard of a leader at work within it need no other
 * @param capWindow E2: max(1, brokers/3) are fenced within this time
 * @param minDamping a fenced broker is used again after so long of being well
 * @param maxDamping doubled up to this with every fencing
 * @param stable nothing is balanced before the cluster has been stable for so long
 * @param maxBackoff appointments that were fenced are repeated after a random time up to this
 * @param audit how often the ClusterState is read
 * @param drain a stopping broker waits so long for its leaderships to move
 * @param maxMoves replicas that may be on their way at a time, in the whole cluster
 */
public record Timing(
    long heartbeat,
    long suspect,
    long maxSuspect,
    long controllerSilence,
    long leaseDuration,
    long leaseDeadline,
    long leaseRetry,
    long brokerLeaseDuration,
    long brokerLeaseRetry,
    long batchWindow,
    long askTimeout,
    long contact,
    long capWindow,
    long minDamping,
    long maxDamping,
    long stable,
    long maxBackoff,
    long audit,
    long drain,
    int maxMoves) {
  /** What production uses. */
  public static final Timing DEFAULT =
      new Timing(
          250, 1_500, 3_000, 3_000, 3_000, 2_000, 500, 40_000, 10_000, 5, 250, 1_000, 10_000, 5_000,
          60_000, 60_000, 10_000, 30_000, 10_000, 4);
}
