package dev.leat.api.batch;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the records of one batch, decoding only what is asked for.
 *
 * <pre>{@code
 * RecordReader records = RecordReader.of(buffer, at);
 * while (records.next()) {
 *   use(records.offset(), records.key(), records.value());
 * }
 * }</pre>
 *
 * <p>Keys and values are views: of the given buffer if the batch is not compressed, else of newly
 * allocated memory. Every length is checked against the bytes that are there, so hostile bytes give
 * a {@link CorruptBatchException}, never an endless loop or more memory than the bound. Checksum
 * and header are not checked: see {@link BatchValidator}. Not safe for use by several threads.
 */
public final class RecordReader {

  /**
   * Bound of the decompressed records of a batch in bytes: eight times the largest message, as much
   * as a client or broker can have lie around for one batch without danger.
   */
  public static final int MAX_DECOMPRESSED_BYTES = 128 * 1024 * 1024;

  private final ByteBuffer bytes;
  private final int end;
  private final int count;
  private final long baseOffset;
  private final long baseTimestamp;
  private final boolean brokerTime;
  private final long maxTimestamp;

  private int index = -1;
  private int recordAt;
  private int afterTimestamp;
  private int position;
  private int recordEnd;
  private long offset;
  private long timestamp;
  private int keyAt;
  private int keyBytes;
  private int valueAt;
  private int valueBytes;
  private int headersAt;

  private RecordReader(ByteBuffer batch, int at, ByteBuffer records) {
    bytes = records;
    position = records.position();
    recordEnd = position;
    end = records.limit();
    count = BatchFormat.count(batch, at);
    baseOffset = BatchFormat.baseOffset(batch, at);
    baseTimestamp = BatchFormat.baseTimestamp(batch, at);
    brokerTime = BatchFormat.isBrokerTime(batch, at);
    maxTimestamp = BatchFormat.maxTimestamp(batch, at);
  }

  /** The records of the batch at an index of a buffer; see {@link #of(ByteBuffer, int, int)}. */
  public static RecordReader of(ByteBuffer buffer, int at) {
    return of(buffer, at, MAX_DECOMPRESSED_BYTES);
  }

  /**
   * The records of the batch at an index of a buffer.
   *
   * @param maxDecompressedBytes bound of their decompressed size
   * @throws CorruptBatchException if the batch does not end within the buffer, is of another format
   *     or cannot be decompressed
   */
  public static RecordReader of(ByteBuffer buffer, int at, int maxDecompressedBytes) {
    if (at < 0 || buffer.limit() - at < BatchFormat.HEADER_BYTES) {
      throw new CorruptBatchException("no whole batch header at byte " + at);
    }
    int size = BatchFormat.sizeBytes(buffer, at);
    if (size < BatchFormat.HEADER_BYTES || size > buffer.limit() - at) {
      throw new CorruptBatchException("batch at byte " + at + " has an impossible size: " + size);
    }
    if (BatchFormat.magic(buffer, at) != BatchFormat.MAGIC) {
      throw new CorruptBatchException(
          "batch has magic " + BatchFormat.magic(buffer, at) + ", only 2 is known");
    }
    int compression = BatchFormat.compressionId(buffer, at);
    Optional<Compression> codec = Compression.of(compression);
    if (codec.isEmpty()) {
      throw new CorruptBatchException("batch has the unknown compression " + compression);
    }
    ByteBuffer records =
        buffer.slice(at + BatchFormat.HEADER_BYTES, size - BatchFormat.HEADER_BYTES);
    return new RecordReader(
        buffer, at, codec.get().codec().decompress(records, maxDecompressedBytes));
  }

  /**
   * Goes to the next record.
   *
   * @return whether there is one
   * @throws CorruptBatchException if the record is malformed, or bytes are left after the last one
   */
  public boolean next() {
    if (index + 1 >= count) {
      if (recordEnd != end) {
        throw corrupt("has bytes after its last record");
      }
      return false;
    }
    index++;
    recordAt = recordEnd;
    position = recordEnd;
    int length = readInt(end);
    if (length < BatchFormat.MIN_RECORD_BYTES - 1 || length > end - position) {
      throw corrupt("has the impossible size " + length);
    }
    recordEnd = position + length;
    position++; // Attributes of a record: none are defined.
    long timestampDelta = readLong(recordEnd);
    afterTimestamp = position;
    timestamp = brokerTime ? maxTimestamp : baseTimestamp + timestampDelta;
    offset = baseOffset + readInt(recordEnd);
    keyBytes = readLength("key");
    keyAt = position;
    position += Math.max(keyBytes, 0);
    valueBytes = readLength("value");
    valueAt = position;
    position += Math.max(valueBytes, 0);
    headersAt = position;
    return true;
  }

  /** Number of records that the batch's header names. */
  public int count() {
    return count;
  }

  /** Offset of the record. */
  public long offset() {
    return offset;
  }

  /** Timestamp of the record, in ms. */
  public long timestamp() {
    return timestamp;
  }

  /** Size of the key in bytes, -1 if there is none. */
  public int keyBytes() {
    return keyBytes;
  }

  /** Size of the value in bytes, -1 if there is none. */
  public int valueBytes() {
    return valueBytes;
  }

  /** View of the key, null if there is none. */
  public @Nullable ByteBuffer key() {
    return keyBytes < 0 ? null : bytes.slice(keyAt, keyBytes);
  }

  /** View of the value, null if there is none. */
  public @Nullable ByteBuffer value() {
    return valueBytes < 0 ? null : bytes.slice(valueAt, valueBytes);
  }

  /** Copy of the key, null if there is none. */
  public byte @Nullable [] copyKey() {
    return copy(keyAt, keyBytes);
  }

  /** Copy of the value, null if there is none. */
  public byte @Nullable [] copyValue() {
    return copy(valueAt, valueBytes);
  }

  /**
   * The headers of the record, in order.
   *
   * @throws CorruptBatchException if they are malformed
   */
  public List<RecordHeader> headers() {
    position = headersAt;
    int headers = readInt(recordEnd);
    // A header has two bytes at least, so a hostile number of them allocates nothing.
    if (headers < 0 || headers > (recordEnd - position) / 2) {
      throw corrupt("has the impossible number of headers " + headers);
    }
    if (headers == 0) {
      checkEnd();
      return List.of();
    }
    List<RecordHeader> list = new ArrayList<>(headers);
    for (int i = 0; i < headers; i++) {
      int nameBytes = readLength("header name");
      if (nameBytes < 0) {
        throw corrupt("has a header without a name");
      }
      byte[] name = new byte[nameBytes];
      bytes.get(position, name);
      position += nameBytes;
      int length = readLength("header value");
      list.add(new RecordHeader(new String(name, StandardCharsets.UTF_8), copy(position, length)));
      position += Math.max(length, 0);
    }
    checkEnd();
    return list;
  }

  /** Bytes of the records that follow. */
  int bytesLeft() {
    return end - recordEnd;
  }

  /** Bytes of the record, its length included. */
  int sizeBytes() {
    return recordEnd - recordAt;
  }

  /** Copies the record as it is to the begin of a part of an array; returns the index after it. */
  int copyTo(byte[] target, int at) {
    bytes.get(recordAt, target, at, recordEnd - recordAt);
    return at + recordEnd - recordAt;
  }

  /** The same with its timestamp relative to another one. */
  int copyTo(byte[] target, int at, long otherBaseTimestamp) {
    long delta = timestamp - otherBaseTimestamp;
    int rest = recordEnd - afterTimestamp;
    int next = Varint.write(target, at, 1 + Varint.sizeOf(delta) + rest);
    target[next++] = 0;
    next = Varint.write(target, next, delta);
    bytes.get(afterTimestamp, target, next, rest);
    return next + rest;
  }

  private void checkEnd() {
    if (position != recordEnd) {
      throw corrupt("is longer than what it holds");
    }
  }

  private byte @Nullable [] copy(int at, int length) {
    if (length < 0) {
      return null;
    }
    byte[] copy = new byte[length];
    bytes.get(at, copy);
    return copy;
  }

  private int readLength(String what) {
    int length = readInt(recordEnd);
    if (length < -1 || length > recordEnd - position) {
      throw corrupt("has a " + what + " of the impossible size " + length);
    }
    return length;
  }

  private int readInt(int limit) {
    if (position < limit) {
      int first = bytes.get(position);
      if (first >= 0) {
        position++;
        return (first >>> 1) ^ -(first & 1);
      }
    }
    int bits = 0;
    for (int shift = 0; shift < 7 * Varint.MAX_INT_BYTES; shift += 7) {
      int next = nextByte(limit);
      bits |= (next & 0x7f) << shift;
      if (next >= 0) {
        return (bits >>> 1) ^ -(bits & 1);
      }
    }
    throw corrupt("has a number of more than " + Varint.MAX_INT_BYTES + " bytes");
  }

  private long readLong(int limit) {
    long bits = 0;
    for (int shift = 0; shift < 7 * Varint.MAX_LONG_BYTES; shift += 7) {
      int next = nextByte(limit);
      bits |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return (bits >>> 1) ^ -(bits & 1);
      }
    }
    throw corrupt("has a number of more than " + Varint.MAX_LONG_BYTES + " bytes");
  }

  private int nextByte(int limit) {
    if (position >= limit) {
      throw corrupt("ends in the middle of a number");
    }
    return bytes.get(position++);
  }

  private CorruptBatchException corrupt(String what) {
    return new CorruptBatchException(
        "record " + index + " of the batch at offset " + baseOffset + " " + what);
  }
}
