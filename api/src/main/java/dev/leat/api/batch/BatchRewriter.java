package dev.leat.api.batch;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Leaves records out of batches, as compaction does. What stays keeps its offset, its timestamp and
 * its bytes, and a batch keeps its offsets from first to last, its producer and its sequence, so
 * that nobody who counts by them notices. Source: KIP-98 and KIP-534.
 */
public final class BatchRewriter {
  /** The batch has no delete horizon, and gets none. */
  public static final long NO_HORIZON = -1;

  private final ByteBuffer whole;
  private final long baseTimestamp;
  private byte[] target;
  private int size = BatchFormat.HEADER_BYTES;
  private int kept;
  private long maxTimestamp;

  private BatchRewriter(ByteBuffer whole, long baseTimestamp, int recordBytes) {
    this.whole = whole;
    this.baseTimestamp = baseTimestamp;
    this.maxTimestamp = BatchFormat.maxTimestamp(whole, 0);
    this.target = new byte[BatchFormat.HEADER_BYTES + recordBytes];
  }

  /** Decides about one record at a time. */
  @FunctionalInterface
  public interface Choice {
    /** Whether the record that the reader stands at stays. */
    boolean keep(RecordReader record);
  }

  /** When the tombstones or the marker of a batch may go, in ms; {@link #NO_HORIZON} if unset. */
  public static long deleteHorizon(ByteBuffer buffer, int at) {
    boolean set = (BatchFormat.attributes(buffer, at) & BatchFormat.DELETE_HORIZON_BIT) != 0;
    return set ? BatchFormat.baseTimestamp(buffer, at) : NO_HORIZON;
  }

  /**
   * The batch at an index of a buffer with some of its records, or with none: then only its header
   * is left.
   *
   * @param choice which records stay; is asked once about each, in order
   * @param horizonMs delete horizon to be set; {@link #NO_HORIZON}: stays as it is
   * @return a view of the batch if all of it stays, else a new one
   * @throws CorruptBatchException if its records cannot be read
   */
  public static ByteBuffer rewrite(ByteBuffer buffer, int at, Choice choice, long horizonMs) {
    ByteBuffer whole = buffer.slice(at, BatchFormat.sizeBytes(buffer, at));
    RecordReader records = RecordReader.of(whole, 0);
    boolean stamps = horizonMs != NO_HORIZON;
    long base = stamps ? horizonMs : BatchFormat.baseTimestamp(whole, 0);
    BatchRewriter rewriter = new BatchRewriter(whole, base, records.bytesLeft());
    while (records.next()) {
      if (choice.keep(records)) {
        rewriter.take(records, stamps);
      }
    }
    boolean same = rewriter.kept == records.count() && !stamps;
    return same ? whole : rewriter.finish(stamps ? BatchFormat.DELETE_HORIZON_BIT : 0);
  }

  /** The header of a batch alone: its offsets, its producer and its sequence are kept by it. */
  public static ByteBuffer empty(ByteBuffer buffer, int at) {
    ByteBuffer whole = buffer.slice(at, BatchFormat.sizeBytes(buffer, at));
    return new BatchRewriter(whole, BatchFormat.baseTimestamp(whole, 0), 0).finish(0);
  }

  private void take(RecordReader record, boolean stamps) {
    int most = record.sizeBytes() + Varint.MAX_LONG_BYTES + Varint.MAX_INT_BYTES;
    if (size + most > target.length) {
      target = Arrays.copyOf(target, target.length + target.length / 8 + most);
    }
    size = stamps ? record.copyTo(target, size, baseTimestamp) : record.copyTo(target, size);
    maxTimestamp = kept == 0 ? record.timestamp() : Math.max(maxTimestamp, record.timestamp());
    kept++;
  }

  private ByteBuffer finish(int moreAttributes) {
    int attributes = BatchFormat.attributes(whole, 0) & ~BatchFormat.COMPRESSION_MASK;
    attributes |= moreAttributes | (kept == 0 ? 0 : compress());
    ByteBuffer batch = ByteBuffer.wrap(target, 0, size).slice();
    batch.put(0, whole, 0, BatchFormat.HEADER_BYTES);
    batch.putInt(BatchFormat.LENGTH_AT, size - BatchFormat.LENGTH_OVERHEAD_BYTES);
    batch.putShort(BatchFormat.ATTRIBUTES_AT, (short) attributes);
    batch.putLong(BatchFormat.BASE_TIMESTAMP_AT, baseTimestamp);
    batch.putLong(BatchFormat.MAX_TIMESTAMP_AT, maxTimestamp);
    batch.putInt(BatchFormat.COUNT_AT, kept);
    batch.putInt(BatchFormat.CRC_AT, BatchFormat.computeCrc(batch, 0));
    return batch;
  }

  /** Compresses as the batch was, if that makes it smaller; returns what it is now. */
  private int compress() {
    Compression compression =
        Compression.of(BatchFormat.compressionId(whole, 0)).orElse(Compression.NONE);
    if (compression == Compression.NONE) {
      return 0;
    }
    byte[] compressed = new byte[size - BatchFormat.HEADER_BYTES];
    int length = compression.codec().compress(target, BatchFormat.HEADER_BYTES, size, compressed);
    if (length < 0) {
      return 0;
    }
    System.arraycopy(compressed, 0, target, BatchFormat.HEADER_BYTES, length);
    size = BatchFormat.HEADER_BYTES + length;
    return compression.id();
  }
}
