package dev.leat.broker.replication;

import dev.leat.broker.log.AppendOrigin;
import dev.leat.broker.log.BatchInfo;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Records for one partition: the part of a produce request that belongs together. It is appended or
 * refused as a whole. All its batches come from one producer, and from one transaction or none.
 *
 * @param partition number within the group
 * @param batches complete record batches, one after the other, between position and limit; big
 *     endian, writable. Given away: the machine sets base offsets and leader epochs in place, and
 *     nobody may change the bytes any more.
 * @param infos one for each batch, in order; their checksums have been checked
 * @param origin in whose name
 * @param token given back with the reply, not looked into
 */
public record AppendPart(
    int partition, ByteBuffer batches, List<BatchInfo> infos, AppendOrigin origin, Object token) {

  /** Records of a producer. */
  public AppendPart(int partition, ByteBuffer batches, List<BatchInfo> infos, Object token) {
    this(partition, batches, infos, AppendOrigin.PRODUCER, token);
  }
}
