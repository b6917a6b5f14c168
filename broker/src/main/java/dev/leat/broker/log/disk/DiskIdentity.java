package dev.leat.broker.log.disk;

import java.util.HexFormat;
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
 */
public record DiskIdentity(
    UUID clusterId, int brokerId, UUID diskId, String volume, long starts, long nonce) {

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
