package dev.leat.api.batch;

import java.nio.ByteBuffer;

/**
 * The header of a record batch as a value. For code that is not on the hot path; {@link
 * BatchFormat} reads single fields without allocation.
 *
 * @param baseOffset offset of the first record
 * @param sizeBytes whole size of the batch in bytes
 * @param leaderEpoch epoch of the leader that appended it
 * @param magic version of the format
 * @param crc stored CRC-32C
 * @param attributes attribute bits
 * @param lastOffsetDelta offset of the last record minus the base offset
 * @param baseTimestamp timestamp that the records' timestamps are relative to, in ms
 * @param maxTimestamp largest timestamp, in ms
 * @param producerId producer, -1 if none
 * @param producerEpoch epoch of the producer, -1 if none
 * @param baseSequence sequence number of the first record, -1 if none
 * @param count number of records
 */
public record BatchHeader(
    long baseOffset,
    int sizeBytes,
    int leaderEpoch,
    byte magic,
    int crc,
    short attributes,
    int lastOffsetDelta,
    long baseTimestamp,
    long maxTimestamp,
    long producerId,
    short producerEpoch,
    int baseSequence,
    int count) {

  /** Reads the header at an index of a big-endian buffer that holds all its bytes. */
  public static BatchHeader read(ByteBuffer buffer, int at) {
    return new BatchHeader(
        BatchFormat.baseOffset(buffer, at),
        BatchFormat.sizeBytes(buffer, at),
        BatchFormat.leaderEpoch(buffer, at),
        BatchFormat.magic(buffer, at),
        BatchFormat.crc(buffer, at),
        BatchFormat.attributes(buffer, at),
        BatchFormat.lastOffsetDelta(buffer, at),
        BatchFormat.baseTimestamp(buffer, at),
        BatchFormat.maxTimestamp(buffer, at),
        BatchFormat.producerId(buffer, at),
        BatchFormat.producerEpoch(buffer, at),
        BatchFormat.baseSequence(buffer, at),
        BatchFormat.count(buffer, at));
  }

  /** Offset of the last record. */
  public long lastOffset() {
    return baseOffset + lastOffsetDelta;
  }

  /** Whether a producer stamped the batch, so that its retries are recognised. */
  public boolean hasProducer() {
    return producerId >= 0;
  }

  /** Whether the batch belongs to a transaction. */
  public boolean isTransactional() {
    return (attributes & BatchFormat.TRANSACTIONAL_BIT) != 0;
  }

  /** Whether the batch is a transaction marker and not data. */
  public boolean isControl() {
    return (attributes & BatchFormat.CONTROL_BIT) != 0;
  }

  /** Whether all records bear the time at which the broker took them. */
  public boolean isBrokerTime() {
    return (attributes & BatchFormat.BROKER_TIME_BIT) != 0;
  }
}
