package dev.leat.api.batch;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes one record batch, record by record, straight into an array.
 *
 * <p>The array is the caller's (a pooled one, say) and is never exceeded: {@code append} says false
 * when a record does not fit, and writes nothing then. The caller may move the batch to a larger
 * array ({@link #moveTo}). {@link #finish} compresses the records in place when that makes them
 * smaller, so that no batch is ever larger than its array.
 *
 * <p>Nothing but header objects and encoded header names is allocated on the way. Not safe for use
 * by several threads.
 */
public final class BatchBuilder {

  /** Attributes, timestamp delta, and four ints, each at its longest. */
  private static final int MAX_RECORD_OVERHEAD_BYTES =
      1 + Varint.MAX_LONG_BYTES + 4 * Varint.MAX_INT_BYTES;

  private static final List<RecordHeader> NO_HEADERS = List.of();

  private final int maxBytes;
  private byte[] memory;
  private int size = BatchFormat.HEADER_BYTES;
  private int count;
  private long baseTimestamp;
  private long maxTimestamp = Long.MIN_VALUE;
  private long producerId = BatchFormat.NO_PRODUCER;
  private short producerEpoch = BatchFormat.NO_PRODUCER;
  private int baseSequence = BatchFormat.NO_PRODUCER;

  /**
   * An empty batch.
   *
   * @param memory where it is written, from index 0 on; at least {@link BatchFormat#HEADER_BYTES}
   */
  public BatchBuilder(byte[] memory) {
    this(memory, Integer.MAX_VALUE);
  }

  /**
   * An empty batch with a bound.
   *
   * @param memory where it is written, from index 0 on; at least {@link BatchFormat#HEADER_BYTES}
   * @param maxBytes bound of the batch's size, even if its array is larger
   */
  public BatchBuilder(byte[] memory, int maxBytes) {
    if (memory.length < BatchFormat.HEADER_BYTES) {
      throw new IllegalArgumentException(
          "a batch needs " + BatchFormat.HEADER_BYTES + " bytes, not " + memory.length);
    }
    this.memory = memory;
    this.maxBytes = maxBytes;
  }

  /**
   * A bound of the size of a batch that holds one record of these sizes: at most 26 bytes more than
   * it will be. The exact size is {@link #sizeBytes()} after the append.
   *
   * @param keyBytes size of the key, 0 if none
   * @param valueBytes size of the value, 0 if none
   * @param headers headers of the record
   */
  public static long maxSizeBytes(int keyBytes, int valueBytes, List<RecordHeader> headers) {
    long bound = (long) BatchFormat.HEADER_BYTES + MAX_RECORD_OVERHEAD_BYTES;
    return bound + keyBytes + valueBytes + headersSize(headers);
  }

  /** Appends a record without headers; see {@link #append(long, byte[], byte[], List)}. */
  public boolean append(long timestamp, byte @Nullable [] key, byte @Nullable [] value) {
    return append(timestamp, key, value, NO_HEADERS);
  }

  /**
   * Appends a record.
   *
   * @param timestamp event time in ms
   * @param key key, copied; null for none
   * @param value value, copied; null for a tombstone
   * @param headers headers, in order
   * @return whether there was room; if not, nothing has changed
   */
  public boolean append(
      long timestamp, byte @Nullable [] key, byte @Nullable [] value, List<RecordHeader> headers) {
    int keyBytes = key == null ? -1 : key.length;
    int valueBytes = value == null ? -1 : value.length;
    int at = begin(timestamp, keyBytes, valueBytes, headers);
    if (at < 0) {
      return false;
    }
    at = Varint.write(memory, at, keyBytes);
    if (key != null) {
      System.arraycopy(key, 0, memory, at, keyBytes);
      at += keyBytes;
    }
    at = Varint.write(memory, at, valueBytes);
    if (value != null) {
      System.arraycopy(value, 0, memory, at, valueBytes);
      at += valueBytes;
    }
    end(timestamp, at, headers);
    return true;
  }

  /**
   * Appends a record whose key and value lie in buffers, from position to limit; these stay as they
   * are. Otherwise as {@link #append(long, byte[], byte[], List)}.
   */
  public boolean append(
      long timestamp,
      @Nullable ByteBuffer key,
      @Nullable ByteBuffer value,
      List<RecordHeader> headers) {
    int keyBytes = key == null ? -1 : key.remaining();
    int valueBytes = value == null ? -1 : value.remaining();
    int at = begin(timestamp, keyBytes, valueBytes, headers);
    if (at < 0) {
      return false;
    }
    at = Varint.write(memory, at, keyBytes);
    if (key != null) {
      key.get(key.position(), memory, at, keyBytes);
      at += keyBytes;
    }
    at = Varint.write(memory, at, valueBytes);
    if (value != null) {
      value.get(value.position(), memory, at, valueBytes);
      at += valueBytes;
    }
    end(timestamp, at, headers);
    return true;
  }

  /** Writes what stands before the key; -1 if the record does not fit. */
  private int begin(long timestamp, int keyBytes, int valueBytes, List<RecordHeader> headers) {
    if (count == 0) {
      baseTimestamp = timestamp;
    }
    long timestampDelta = timestamp - baseTimestamp;
    // In long: two large arrays must not wrap around and seem to fit.
    long body =
        1L
            + Varint.sizeOf(timestampDelta)
            + Varint.sizeOf(count)
            + sizeOfBytes(keyBytes)
            + sizeOfBytes(valueBytes)
            + headersSize(headers);
    int room = Math.min(memory.length, maxBytes) - size;
    if (body > room || body + Varint.sizeOf((int) body) > room) {
      return -1;
    }
    int at = Varint.write(memory, size, (int) body);
    memory[at++] = 0;
    at = Varint.write(memory, at, timestampDelta);
    return Varint.write(memory, at, count);
  }

  private void end(long timestamp, int afterValue, List<RecordHeader> headers) {
    size = writeHeaders(afterValue, headers);
    count++;
    maxTimestamp = Math.max(maxTimestamp, timestamp);
  }

  private int writeHeaders(int afterValue, List<RecordHeader> headers) {
    int at = Varint.write(memory, afterValue, headers.size());
    for (int i = 0; i < headers.size(); i++) {
      RecordHeader header = headers.get(i);
      byte[] name = header.name().getBytes(StandardCharsets.UTF_8);
      at = Varint.write(memory, at, name.length);
      System.arraycopy(name, 0, memory, at, name.length);
      at += name.length;
      byte[] value = header.value();
      at = Varint.write(memory, at, value == null ? -1 : value.length);
      if (value != null) {
        System.arraycopy(value, 0, memory, at, value.length);
        at += value.length;
      }
    }
    return at;
  }

  private static long sizeOfBytes(int length) {
    return Varint.sizeOf(length) + (long) Math.max(length, 0);
  }

  private static long headersSize(List<RecordHeader> headers) {
    if (headers.isEmpty()) {
      return 1;
    }
    long bytes = Varint.sizeOf(headers.size());
    for (int i = 0; i < headers.size(); i++) {
      RecordHeader header = headers.get(i);
      bytes += sizeOfBytes(header.name().getBytes(StandardCharsets.UTF_8).length);
      byte[] value = header.value();
      bytes += sizeOfBytes(value == null ? -1 : value.length);
    }
    return bytes;
  }

  /** Number of records so far. */
  public int count() {
    return count;
  }

  /** Exact size in bytes, uncompressed, of the batch as it is. */
  public int sizeBytes() {
    return size;
  }

  /** Bytes that the present array can hold. */
  public int capacityBytes() {
    return memory.length;
  }

  /**
   * Goes on in a larger array.
   *
   * @return the array used until now, free again
   */
  public byte[] moveTo(byte[] larger) {
    if (larger.length < size) {
      throw new IllegalArgumentException(
          "the batch has " + size + " bytes, the array " + larger.length);
    }
    System.arraycopy(memory, 0, larger, 0, size);
    byte[] old = memory;
    memory = larger;
    return old;
  }

  /** Doubles the array, within a bound; false if it has that size already. */
  public boolean grow(int maxBytes) {
    if (memory.length >= maxBytes) {
      return false;
    }
    memory = Arrays.copyOf(memory, (int) Math.min(maxBytes, 2L * memory.length));
    return true;
  }

  /** Sets the producer that {@link #finish} stamps; without it, the batch has none. */
  public BatchBuilder producer(long id, int epoch, int sequence) {
    producerId = id;
    producerEpoch = (short) epoch;
    baseSequence = sequence;
    return this;
  }

  /**
   * Completes the batch: records compressed if that makes them smaller, header, checksum. Nothing
   * can be appended afterwards.
   *
   * @return the batch: a view of the array, from index 0 on
   */
  public ByteBuffer finish(Compression compression) {
    int attributes = 0;
    if (compression != Compression.NONE && count > 0) {
      byte[] target = new byte[size - BatchFormat.HEADER_BYTES];
      int compressed = compression.codec().compress(memory, BatchFormat.HEADER_BYTES, size, target);
      if (compressed >= 0) {
        System.arraycopy(target, 0, memory, BatchFormat.HEADER_BYTES, compressed);
        size = BatchFormat.HEADER_BYTES + compressed;
        attributes = compression.id();
      }
    }
    ByteBuffer batch = ByteBuffer.wrap(memory, 0, size);
    writeHeader(batch, (short) attributes);
    return batch;
  }

  private void writeHeader(ByteBuffer batch, short attributes) {
    batch.putLong(0, 0);
    batch.putInt(BatchFormat.LENGTH_AT, size - BatchFormat.LENGTH_OVERHEAD_BYTES);
    batch.putInt(BatchFormat.LEADER_EPOCH_AT, -1);
    batch.put(BatchFormat.MAGIC_AT, BatchFormat.MAGIC);
    batch.putShort(BatchFormat.ATTRIBUTES_AT, attributes);
    batch.putInt(BatchFormat.LAST_OFFSET_DELTA_AT, count - 1);
    batch.putLong(BatchFormat.BASE_TIMESTAMP_AT, baseTimestamp);
    batch.putLong(BatchFormat.MAX_TIMESTAMP_AT, count == 0 ? baseTimestamp : maxTimestamp);
    batch.putLong(BatchFormat.PRODUCER_ID_AT, producerId);
    batch.putShort(BatchFormat.PRODUCER_EPOCH_AT, producerEpoch);
    batch.putInt(BatchFormat.BASE_SEQUENCE_AT, baseSequence);
    batch.putInt(BatchFormat.COUNT_AT, count);
    batch.putInt(BatchFormat.CRC_AT, BatchFormat.computeCrc(batch, 0));
  }
}
