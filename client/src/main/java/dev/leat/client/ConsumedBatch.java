package dev.leat.client;

import dev.leat.api.batch.BatchFormat;
import dev.leat.api.batch.RecordReader;
import java.nio.ByteBuffer;

/**
 * A whole batch that was read; its checksum is verified, nothing else is decoded. For programs that
 * read very much and look at little.
 *
 * @param partition where it lies
 * @param firstOffset offset from which on records were asked for: those before it are to be skipped
 * @param bytes the batch, from position to limit
 */
public record ConsumedBatch(TopicPartition partition, long firstOffset, ByteBuffer bytes) {

  /** Offset of its first record. */
  public long baseOffset() {
    return BatchFormat.baseOffset(bytes, bytes.position());
  }

  /** Offset of its last record. */
  public long lastOffset() {
    return BatchFormat.lastOffset(bytes, bytes.position());
  }

  /** Number of its records, those before {@link #firstOffset} included. */
  public int count() {
    return BatchFormat.count(bytes, bytes.position());
  }

  /** Size in bytes, as it was sent. */
  public int sizeBytes() {
    return bytes.remaining();
  }

  /** Goes through its records. */
  public RecordReader records() {
    return RecordReader.of(bytes, bytes.position());
  }
}
