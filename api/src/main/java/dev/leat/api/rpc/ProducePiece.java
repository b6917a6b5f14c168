package dev.leat.api.rpc;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * What a client sends for one partition: a {@code leat.v1.PartitionRecords} with ready-made
 * batches.
 *
 * @param topic topic
 * @param partition number of the partition
 * @param batches complete batches, in order, each buffer from position to limit; they must stay as
 *     they are until the message is sent
 */
public record ProducePiece(TopicName topic, int partition, List<ByteBuffer> batches) {

  private static final int TOPIC = 1;
  private static final int PARTITION = 2;
  private static final int BATCHES = 3;

  int sizeBytes() {
    return MessageWriter.sizeOfBytes(topic.utf8().length)
        + MessageWriter.sizeOfNumber(partition)
        + MessageWriter.sizeOfBytes(MessageWriter.total(batches));
  }

  void write(MessageWriter writer) {
    writer.bytes(TOPIC, topic.utf8());
    writer.number(PARTITION, partition);
    int batchBytes = MessageWriter.total(batches);
    if (batchBytes > 0) {
      writer.lengthOf(BATCHES, batchBytes);
      for (int i = 0; i < batches.size(); i++) {
        writer.reference(batches.get(i));
      }
    }
  }
}
