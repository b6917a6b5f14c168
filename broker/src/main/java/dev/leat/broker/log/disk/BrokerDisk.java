package dev.leat.broker.log.disk;

import dev.leat.broker.log.Withdrawal;
import java.util.Optional;

/**
 * DISK: what a broker's disk knows of itself and of its peers' disks. The port to the journal's
 * directory; the runtime calls it, never from a loop that must not wait: what changes something is
 * durable when it returns.
 *
 * <pre>
 * start:  doubt() is present --> withdraw all groups, durably --> settle() --> say hello
 * later:  a peer answers WENT_BACK --> doubt(DISK_WENT_BACK) --> as above, on new connections
 * </pre>
 */
public interface BrokerDisk {

  /** Who this broker is. {@code starts} went up, durably, when the directory was opened. */
  DiskIdentity identity();

  /**
   * Why nothing of what the disk holds may be counted on, if so. No message may leave, but refusals
   * of client requests, before all groups have withdrawn and {@link #settle} has returned.
   */
  Optional<Withdrawal> doubt();

  /** Notes a doubt: should the process end before it is settled, the next start has it. */
  void doubt(Withdrawal reason);

  /**
   * Whether a person has said that the groups of which this is the only replica shall go on with
   * what is here: {@code leat restore --accept-loss}. Until the doubt is settled.
   */
  boolean lossAccepted();

  /**
   * All groups have withdrawn, durably: the disk gets a new id, and peers take it for a new one.
   *
   * @return who this broker is from now on
   */
  DiskIdentity settle();

  /** What is known of the peers' disks. */
  PeerTable peers();

  /** Keeps what is known of the peers' disks; to be called before a {@link Verdict.Welcome}. */
  void keep(PeerTable table);
}
