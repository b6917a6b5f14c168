package dev.leat.api.batch;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Where each field of a record batch lies, and access to it without allocation.
 *
 * <p>Every method takes a big-endian buffer (the default order of a new buffer, slice or duplicate)
 * and the index {@code at} of the batch's first byte in it, uses absolute access, and leaves
 * position and limit alone. None of them checks anything: bytes from outside go through {@link
 * BatchValidator} first.
 *
 * <pre>
 *  at  bytes  field                     at  bytes  field
 *   0      8  base offset       *       27      8  base timestamp, ms
 *   8      4  length after it   *       35      8  max timestamp, ms
 *  12      4  leader epoch      *       43      8  producer id, -1 none
 *  16      1  magic = 2         *       51      2  producer epoch
 *  17      4  CRC-32C of 21..   *       53      4  base sequence
 *  21      2  attributes                57      4  number of records
 *  23      4  last offset delta         61      …  records, compressed as a whole
 *
 *  * outside the checksum: base offset and leader epoch can be patched in place.
 *  attributes: bits 0–2 compression · 3 timestamps are the broker's · 4 transactional · 5 control
 *              · 6 has a delete horizon (base timestamp holds it)
 * </pre>
 *
 * <p>Source: Kafka's {@code DefaultRecordBatch}.
 */
public final class BatchFormat {

  /** The only version of the format: Kafka's "message format v2". */
  public static final byte MAGIC = 2;

  /** Bytes before the records. */
  public static final int HEADER_BYTES = 61;

  /** Bytes that the length field does not count: base offset and the length itself. */
  public static final int LENGTH_OVERHEAD_BYTES = 12;

  /** Bytes of the smallest record: its length and six one-byte fields. */
  public static final int MIN_RECORD_BYTES = 7;

  /** Producer id, epoch and sequence of a batch without a producer. */
  public static final int NO_PRODUCER = -1;

  static final int LENGTH_AT = 8;
  static final int LEADER_EPOCH_AT = 12;
  static final int MAGIC_AT = 16;
  static final int CRC_AT = 17;
  static final int ATTRIBUTES_AT = 21;
  static final int LAST_OFFSET_DELTA_AT = 23;
  static final int BASE_TIMESTAMP_AT = 27;
  static final int MAX_TIMESTAMP_AT = 35;
  static final int PRODUCER_ID_AT = 43;
  static final int PRODUCER_EPOCH_AT = 51;
  static final int BASE_SEQUENCE_AT = 53;
  static final int COUNT_AT = 57;

  static final int COMPRESSION_MASK = 0x07;
  static final int BROKER_TIME_BIT = 0x08;
  static final int TRANSACTIONAL_BIT = 0x10;
  static final int CONTROL_BIT = 0x20;
  static final int DELETE_HORIZON_BIT = 0x40;
  static final int KNOWN_ATTRIBUTES = 0x7f;

  private BatchFormat() {}

  /** Offset of the first record. */
  public static long baseOffset(ByteBuffer buffer, int at) {
    return buffer.getLong(at);
  }

  /** Whole size of the batch in bytes, header included. */
  public static int sizeBytes(ByteBuffer buffer, int at) {
    return buffer.getInt(at + LENGTH_AT) + LENGTH_OVERHEAD_BYTES;
  }

  /** Epoch of the leader that appended the batch. */
  public static int leaderEpoch(ByteBuffer buffer, int at) {
    return buffer.getInt(at + LEADER_EPOCH_AT);
  }

  /** Version of the format. */
  public static byte magic(ByteBuffer buffer, int at) {
    return buffer.get(at + MAGIC_AT);
  }

  /** The stored CRC-32C. */
  public static int crc(ByteBuffer buffer, int at) {
    return buffer.getInt(at + CRC_AT);
  }

  /** All attribute bits. */
  public static short attributes(ByteBuffer buffer, int at) {
    return buffer.getShort(at + ATTRIBUTES_AT);
  }

  /** Offset of the last record minus the base offset. */
  public static int lastOffsetDelta(ByteBuffer buffer, int at) {
    return buffer.getInt(at + LAST_OFFSET_DELTA_AT);
  }

  /** Offset of the last record. */
  public static long lastOffset(ByteBuffer buffer, int at) {
    return baseOffset(buffer, at) + lastOffsetDelta(buffer, at);
  }

  /** Timestamp that the records' timestamps are relative to, in ms. */
  public static long baseTimestamp(ByteBuffer buffer, int at) {
    return buffer.getLong(at + BASE_TIMESTAMP_AT);
  }

  /** Largest timestamp of the batch, in ms. */
  public static long maxTimestamp(ByteBuffer buffer, int at) {
    return buffer.getLong(at + MAX_TIMESTAMP_AT);
  }

  /** Producer id, {@link #NO_PRODUCER} if none. */
  public static long producerId(ByteBuffer buffer, int at) {
    return buffer.getLong(at + PRODUCER_ID_AT);
  }

  /** Producer epoch, {@link #NO_PRODUCER} if none. */
  public static short producerEpoch(ByteBuffer buffer, int at) {
    return buffer.getShort(at + PRODUCER_EPOCH_AT);
  }

  /** Sequence number of the first record, {@link #NO_PRODUCER} if none. */
  public static int baseSequence(ByteBuffer buffer, int at) {
    return buffer.getInt(at + BASE_SEQUENCE_AT);
  }

  /** Number of records. */
  public static int count(ByteBuffer buffer, int at) {
    return buffer.getInt(at + COUNT_AT);
  }

  /** Number of the compression, 0 to 7; see {@link Compression#of}. */
  public static int compressionId(ByteBuffer buffer, int at) {
    return attributes(buffer, at) & COMPRESSION_MASK;
  }

  /** Whether all records bear the time at which the broker took them: the max timestamp. */
  public static boolean isBrokerTime(ByteBuffer buffer, int at) {
    return (attributes(buffer, at) & BROKER_TIME_BIT) != 0;
  }

  /** Whether the batch belongs to a transaction. */
  public static boolean isTransactional(ByteBuffer buffer, int at) {
    return (attributes(buffer, at) & TRANSACTIONAL_BIT) != 0;
  }

  /** Whether the batch is a transaction marker and not data. */
  public static boolean isControl(ByteBuffer buffer, int at) {
    return (attributes(buffer, at) & CONTROL_BIT) != 0;
  }

  /** Sets the base offset. The checksum stays valid. */
  public static void patchBaseOffset(ByteBuffer buffer, int at, long baseOffset) {
    buffer.putLong(at, baseOffset);
  }

  /** Sets the leader epoch. The checksum stays valid. */
  public static void patchLeaderEpoch(ByteBuffer buffer, int at, int leaderEpoch) {
    buffer.putInt(at + LEADER_EPOCH_AT, leaderEpoch);
  }

  /**
   * Sets producer id and base sequence, with producer epoch 0, and the checksum anew.
   *
   * @param producerId id that the producer chose
   * @param baseSequence sequence number of the first record
   */
  public static void patchProducer(ByteBuffer buffer, int at, long producerId, int baseSequence) {
    patch(buffer, at, producerId, (short) 0, baseSequence);
  }

  /**
   * Makes the batch a part of its producer's transaction: sets the transactional bit, producer id,
   * epoch and base sequence, and the checksum anew.
   *
   * @param producerId id that the coordinator gave
   * @param epoch epoch that the coordinator gave
   * @param baseSequence sequence number of the first record, from 0 in each epoch
   */
  public static void patchTransaction(
      ByteBuffer buffer, int at, long producerId, short epoch, int baseSequence) {
    short attributes = (short) (attributes(buffer, at) | TRANSACTIONAL_BIT);
    buffer.putShort(at + ATTRIBUTES_AT, attributes);
    patch(buffer, at, producerId, epoch, baseSequence);
  }

  private static void patch(
      ByteBuffer buffer, int at, long producerId, short epoch, int baseSequence) {
    buffer.putLong(at + PRODUCER_ID_AT, producerId);
    buffer.putShort(at + PRODUCER_EPOCH_AT, epoch);
    buffer.putInt(at + BASE_SEQUENCE_AT, baseSequence);
    buffer.putInt(at + CRC_AT, computeCrc(buffer, at));
  }

  /**
   * Gives all records the time at which the broker took them, and sets the checksum anew.
   *
   * @param appendTimestamp time in ms
   */
  public static void patchBrokerTime(ByteBuffer buffer, int at, long appendTimestamp) {
    short attributes = (short) (attributes(buffer, at) | BROKER_TIME_BIT);
    buffer.putShort(at + ATTRIBUTES_AT, attributes);
    buffer.putLong(at + MAX_TIMESTAMP_AT, appendTimestamp);
    buffer.putInt(at + CRC_AT, computeCrc(buffer, at));
  }

  /** The CRC-32C of the batch's bytes, from its attributes to its end. */
  public static int computeCrc(ByteBuffer buffer, int at) {
    CRC32C crc = new CRC32C();
    crc.update(buffer.slice(at + ATTRIBUTES_AT, sizeBytes(buffer, at) - ATTRIBUTES_AT));
    return (int) crc.getValue();
  }

  /**
   * The sequence number {@code records} after {@code sequence}. Sequence numbers go from 0 to 2³¹−1
   * and then begin again at 0.
   */
  public static int nextSequence(int sequence, int records) {
    return (sequence + records) & Integer.MAX_VALUE;
  }
}
