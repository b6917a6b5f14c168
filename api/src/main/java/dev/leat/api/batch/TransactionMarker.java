package dev.leat.api.batch;

import java.nio.ByteBuffer;

/**
 * The end of a transaction in one partition: a control batch of one record, byte for byte as Kafka
 * writes it. Consumers never see it as a record.
 *
 * <pre>
 * key    version(2) = 0   type(2): 0 abort, 1 commit
 * value  version(2) = 0   coordinator's epoch(4)
 * </pre>
 *
 * @param producerId producer whose transaction ends
 * @param producerEpoch its epoch
 * @param commit committed, or else aborted
 * @param coordinatorEpoch epoch of the transaction coordinator that ended it
 * @param timestampMs when, ms since the Unix epoch
 */
public record TransactionMarker(
    long producerId, short producerEpoch, boolean commit, int coordinatorEpoch, long timestampMs) {
  private static final short VERSION = 0;
  private static final short COMMIT = 1;
  private static final int KEY_BYTES = 4;
  private static final int VALUE_BYTES = 6;
  // Attributes, time delta, offset delta, key length, key, value length, value, headers.
  private static final int RECORD_BYTES = 1 + 1 + 1 + 1 + KEY_BYTES + 1 + VALUE_BYTES + 1;
  private static final int BATCH_BYTES = BatchFormat.HEADER_BYTES + 1 + RECORD_BYTES;

  /** The batch: writable, base offset 0. */
  public ByteBuffer encode() {
    ByteBuffer batch = ByteBuffer.allocate(BATCH_BYTES);
    batch
        .putInt(BatchFormat.LENGTH_AT, BATCH_BYTES - BatchFormat.LENGTH_OVERHEAD_BYTES)
        .putInt(BatchFormat.LEADER_EPOCH_AT, -1)
        .put(BatchFormat.MAGIC_AT, BatchFormat.MAGIC)
        .putShort(
            BatchFormat.ATTRIBUTES_AT,
            (short) (BatchFormat.TRANSACTIONAL_BIT | BatchFormat.CONTROL_BIT))
        .putLong(BatchFormat.BASE_TIMESTAMP_AT, timestampMs)
        .putLong(BatchFormat.MAX_TIMESTAMP_AT, timestampMs)
        .putLong(BatchFormat.PRODUCER_ID_AT, producerId)
        .putShort(BatchFormat.PRODUCER_EPOCH_AT, producerEpoch)
        .putInt(BatchFormat.BASE_SEQUENCE_AT, BatchFormat.NO_PRODUCER)
        .putInt(BatchFormat.COUNT_AT, 1)
        .position(BatchFormat.HEADER_BYTES);
    // Lengths are zigzag varints; all of them fit in one byte.
    batch
        .put((byte) (RECORD_BYTES << 1))
        .put((byte) 0)
        .put((byte) 0)
        .put((byte) 0)
        .put((byte) (KEY_BYTES << 1))
        .putShort(VERSION)
        .putShort(commit ? COMMIT : 0)
        .put((byte) (VALUE_BYTES << 1))
        .putShort(VERSION)
        .putInt(coordinatorEpoch)
        .put((byte) 0)
        .flip();
    return batch.putInt(BatchFormat.CRC_AT, BatchFormat.computeCrc(batch, 0));
  }

  /**
   * Reads the marker in the control batch at {@code at}.
   *
   * @throws CorruptBatchException if it is none
   */
  public static TransactionMarker read(ByteBuffer buffer, int at) {
    RecordReader record = RecordReader.of(buffer, at);
    byte[] key = record.next() ? record.copyKey() : null;
    byte[] value = key == null ? null : record.copyValue();
    if (key == null || key.length < KEY_BYTES || value == null || value.length < VALUE_BYTES) {
      throw new CorruptBatchException("a control batch without a transaction marker");
    }
    return new TransactionMarker(
        BatchFormat.producerId(buffer, at),
        BatchFormat.producerEpoch(buffer, at),
        ByteBuffer.wrap(key).getShort(2) == COMMIT,
        ByteBuffer.wrap(value).getInt(2),
        record.timestamp());
  }
}
