package dev.leat.broker.log.disk;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

/**
 * The disk of a broker, as of one start of its process.
 *
 * @param clusterId whose data is on it
 * @param brokerId number of the broker in the cluster
 * @param diskId random; made with the directory, and again whenever what is on the disk was found
 *     not to be what it should be
 * @param volume on what the directory lies: the uid of the PVC, or inode and birth of the directory
 * @param starts how often the directory was opened, this start included; on disk before the first
 *     message
 * @param nonce random number of the process
 * @param past earlier starts of this disk, oldest first, at most {@link #MAX_PAST}
 */
public record DiskIdentity(
    UUID clusterId,
    int brokerId,
    UUID diskId,
    String volume,
    long starts,
    long nonce,
    List<Start> past) {
  /** So many starts are remembered: 4 KiB. */
  public static final int MAX_PAST = 256;

  /**
   * A start of a disk.
   *
   * @param number which one, from 1
   * @param nonce random number of the process
   */
  public record Start(long number, long nonce) {}

  /** A disk whose earlier starts are not known. */
  public DiskIdentity(
      UUID clusterId, int brokerId, UUID diskId, String volume, long starts, long nonce) {
    this(clusterId, brokerId, diskId, volume, starts, nonce, List.of());
  }

  /** Copies the list. */
  public DiskIdentity {
    past = List.copyOf(past);
  }

  /** Starts that are remembered once this one is among them. */
  public static List<Start> remember(List<Start> past, Start added) {
    List<Start> all = new ArrayList<>(past);
    all.add(added);
    return List.copyOf(all.subList(Math.max(0, all.size() - MAX_PAST), all.size()));
  }

  /**
   * Whether this disk may have had that start: a copy that was made before it, and has been started
   * since, has not.
   */
  boolean mayHaveHad(Start known) {
    return known.number() < starts
        && (past.isEmpty() || known.number() < past.getFirst().number() || past.contains(known));
  }

  @Override
  public String toString() {
    return "broker %d (disk %s, start %d, process %s)"
        .formatted(
            brokerId,
            diskId.toString().substring(0, 8),
            starts,
            HexFormat.of().toHexDigits(nonce, 8));
  }
}
