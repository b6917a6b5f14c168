package kafka.server.share;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.server.share.PartitionMetadataProvider;
import org.apache.kafka.server.storage.log.FetchIsolation;
import org.apache.kafka.server.storage.log.FetchPartitionData;

/** The log that share partitions hand records out of. */
public interface ShareLog extends PartitionMetadataProvider {
  /**
   * Reads committed records from {@code offset} on; no records if there are none yet. May wait for
   * the disk.
   *
   * @param isolation whether records of open transactions are left for later, and those that are
   *     aborted are named
   */
  FetchPartitionData read(
      TopicIdPartition partition, long offset, int maxBytes, FetchIsolation isolation);
}
