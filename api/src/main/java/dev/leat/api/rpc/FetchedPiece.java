package dev.leat.api.rpc;

import dev.leat.v1.Error;
import dev.leat.v1.Record;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a broker sends of one partition: a {@code leat.v1.FetchedPartition}.
 *
 * @param topic topic
 * @param partition number of the partition
 * @param highWatermark offset below which every record is committed
 * @param logStartOffset first offset that is still stored
 * @param batches stored batches, in order, each buffer from position to limit; they may lie
 *     anywhere and must stay as they are until the message is sent
 * @param records simple records, instead of batches
 * @param error why the partition is not read any further
 */
public record FetchedPiece(
    TopicName topic,
    int partition,
    long highWatermark,
    long logStartOffset,
    List<ByteBuffer> batches,
    List<Record> records,
    @Nullable Error error) {

  private static final int TOPIC = 1;
  private static final int PARTITION = 2;
  private static final int HIGH_WATERMARK = 3;
  private static final int LOG_START_OFFSET = 4;
  private static final int BATCHES = 5;
  private static final int RECORDS = 6;
  private static final int ERROR = 7;

  /** A piece without records, which tells the partition's offsets. */
  public static FetchedPiece of(
      TopicName topic, int partition, long highWatermark, long logStartOffset) {
    return new FetchedPiece(
        topic, partition, highWatermark, logStartOffset, List.of(), List.of(), null);
  }

  /** This piece with batches. */
  public FetchedPiece withBatches(List<ByteBuffer> newBatches) {
    return new FetchedPiece(
        topic, partition, highWatermark, logStartOffset, newBatches, List.of(), null);
  }

  /** This piece with simple records. */
  public FetchedPiece withRecords(List<Record> newRecords) {
    return new FetchedPiece(
        topic, partition, highWatermark, logStartOffset, List.of(), newRecords, null);
  }

  /** This piece as the last one, because of an error. */
  public FetchedPiece withError(Error newError) {
    return new FetchedPiece(
        topic, partition, highWatermark, logStartOffset, List.of(), List.of(), newError);
  }

  int sizeBytes() {
    int bytes =
        MessageWriter.sizeOfBytes(topic.utf8().length)
            + MessageWriter.sizeOfNumber(partition)
            + MessageWriter.sizeOfNumber(highWatermark)
            + MessageWriter.sizeOfNumber(logStartOffset)
            + MessageWriter.sizeOfBytes(MessageWriter.total(batches));
    for (Record record : records) {
      bytes += sizeOfMessage(record.getSerializedSize());
    }
    return error == null ? bytes : bytes + sizeOfMessage(error.getSerializedSize());
  }

  /** An embedded message is written even if it is empty. */
  private static int sizeOfMessage(int bytes) {
    return 1 + MessageWriter.sizeOfVarint(bytes) + bytes;
  }

  void write(MessageWriter writer) {
    writer.bytes(TOPIC, topic.utf8());
    writer.number(PARTITION, partition);
    writer.number(HIGH_WATERMARK, highWatermark);
    writer.number(LOG_START_OFFSET, logStartOffset);
    int batchBytes = MessageWriter.total(batches);
    if (batchBytes > 0) {
      writer.lengthOf(BATCHES, batchBytes);
      batches.forEach(writer::reference);
    }
    for (Record record : records) {
      writer.lengthOf(RECORDS, record.getSerializedSize());
      writer.raw(record.toByteArray());
    }
    if (error != null) {
      writer.lengthOf(ERROR, error.getSerializedSize());
      writer.raw(error.toByteArray());
    }
  }
}
