package dev.leat.api.batch;

import dev.leat.api.batch.BatchCheck.Invalid;
import dev.leat.api.batch.BatchCheck.Reason;
import dev.leat.api.batch.BatchCheck.Valid;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Checks bytes from outside before anybody believes them: batches that lie back to back between a
 * buffer's position and limit. Never throws on bad input.
 *
 * @param origin whose batches these are
 * @param maxBatchBytes bound of each batch's size in bytes
 */
public record BatchValidator(Origin origin, int maxBatchBytes) {

  /** Whose batches are checked. */
  public enum Origin {
    /** A client's: offsets without gaps, no transaction markers. */
    PRODUCER,
    /** From a log: compaction may have left gaps, and markers belong to it. */
    LOG
  }

  /** Checks headers and checksums of all batches; what lies in the records is the reader's. */
  public BatchCheck check(ByteBuffer buffer) {
    int at = buffer.position();
    if (at == buffer.limit()) {
      return new Invalid(Reason.EMPTY, at, "there is no batch");
    }
    int batches = 0;
    long offsets = 0;
    long maxTimestamp = Long.MIN_VALUE;
    while (at < buffer.limit()) {
      Invalid invalid = checkBatch(buffer, at);
      if (invalid != null) {
        return invalid;
      }
      batches++;
      offsets += 1L + BatchFormat.lastOffsetDelta(buffer, at);
      maxTimestamp = Math.max(maxTimestamp, BatchFormat.maxTimestamp(buffer, at));
      at += BatchFormat.sizeBytes(buffer, at);
    }
    return new Valid(batches, offsets, maxTimestamp);
  }

  /**
   * Checks every record of one batch, whose header and checksum are in order: a client can compute
   * the right checksum of wrong records.
   *
   * @param maxDecompressedBytes bound of the decompressed records in bytes
   */
  public BatchCheck checkRecords(ByteBuffer buffer, int at, int maxDecompressedBytes) {
    try {
      RecordReader records = RecordReader.of(buffer, at, maxDecompressedBytes);
      long base = BatchFormat.baseOffset(buffer, at);
      long last = base - 1;
      long lastAllowed = BatchFormat.lastOffset(buffer, at);
      while (records.next()) {
        boolean inOrder =
            origin == Origin.PRODUCER
                ? records.offset() == last + 1
                : records.offset() > last && records.offset() <= lastAllowed;
        if (!inOrder) {
          return new Invalid(
              Reason.RECORDS, at, "record after " + (last - base) + " is not at its offset");
        }
        last = records.offset();
        records.headers();
      }
    } catch (CorruptBatchException e) {
      return new Invalid(Reason.RECORDS, at, String.valueOf(e.getMessage()));
    }
    return new Valid(
        1, 1L + BatchFormat.lastOffsetDelta(buffer, at), BatchFormat.maxTimestamp(buffer, at));
  }

  private @Nullable Invalid checkBatch(ByteBuffer buffer, int at) {
    Invalid extent = checkExtent(buffer, at);
    if (extent != null) {
      return extent;
    }
    int crc = BatchFormat.computeCrc(buffer, at);
    if (crc != BatchFormat.crc(buffer, at)) {
      return new Invalid(
          Reason.CHECKSUM,
          at,
          "checksum is %08x, but the bytes have %08x".formatted(BatchFormat.crc(buffer, at), crc));
    }
    Invalid fields = checkAttributes(buffer, at);
    if (fields == null) {
      fields = checkCount(buffer, at);
    }
    return fields == null ? checkProducer(buffer, at) : fields;
  }

  private @Nullable Invalid checkExtent(ByteBuffer buffer, int at) {
    int remaining = buffer.limit() - at;
    if (remaining < BatchFormat.HEADER_BYTES) {
      return new Invalid(
          Reason.TRUNCATED, at, remaining + " bytes are left, a batch has at least 61");
    }
    byte magic = BatchFormat.magic(buffer, at);
    if (magic != BatchFormat.MAGIC) {
      return new Invalid(Reason.MAGIC, at, "magic is " + magic + ", only 2 is known");
    }
    long size =
        (long) buffer.getInt(at + BatchFormat.LENGTH_AT) + BatchFormat.LENGTH_OVERHEAD_BYTES;
    if (size < BatchFormat.HEADER_BYTES) {
      return new Invalid(
          Reason.LENGTH, at, "size is " + size + ", less than the 61 bytes of a header");
    }
    if (size > maxBatchBytes) {
      return new Invalid(
          Reason.TOO_LARGE, at, "size is " + size + ", over the limit of " + maxBatchBytes);
    }
    if (size > remaining) {
      return new Invalid(
          Reason.TRUNCATED, at, "size is " + size + ", but only " + remaining + " bytes are left");
    }
    return null;
  }

  private @Nullable Invalid checkAttributes(ByteBuffer buffer, int at) {
    int attributes = BatchFormat.attributes(buffer, at);
    if ((attributes & ~BatchFormat.KNOWN_ATTRIBUTES) != 0) {
      return new Invalid(
          Reason.ATTRIBUTES, at, "unknown attributes: 0x%04x".formatted(attributes & 0xffff));
    }
    if (Compression.of(attributes & BatchFormat.COMPRESSION_MASK).isEmpty()) {
      return new Invalid(
          Reason.ATTRIBUTES,
          at,
          "unknown compression: " + (attributes & BatchFormat.COMPRESSION_MASK));
    }
    int logOnly =
        BatchFormat.CONTROL_BIT | BatchFormat.DELETE_HORIZON_BIT | BatchFormat.BROKER_TIME_BIT;
    if (origin == Origin.PRODUCER && (attributes & logOnly) != 0) {
      return new Invalid(
          Reason.ATTRIBUTES,
          at,
          "attributes that only a broker may set: 0x%04x".formatted(attributes));
    }
    return null;
  }

  private @Nullable Invalid checkCount(ByteBuffer buffer, int at) {
    int count = BatchFormat.count(buffer, at);
    int lastDelta = BatchFormat.lastOffsetDelta(buffer, at);
    boolean possible =
        origin == Origin.PRODUCER
            ? count > 0 && lastDelta == count - 1
            : count >= 0 && lastDelta >= 0 && lastDelta >= count - 1;
    // A compressed record may take less than a byte; an uncompressed one has seven at least.
    boolean plain = BatchFormat.compressionId(buffer, at) == 0;
    long least = plain ? (long) count * BatchFormat.MIN_RECORD_BYTES : 0;
    if (!possible || least > BatchFormat.sizeBytes(buffer, at) - BatchFormat.HEADER_BYTES) {
      return new Invalid(
          Reason.COUNT, at, count + " records with a last offset delta of " + lastDelta);
    }
    return null;
  }

  private @Nullable Invalid checkProducer(ByteBuffer buffer, int at) {
    long id = BatchFormat.producerId(buffer, at);
    int epoch = BatchFormat.producerEpoch(buffer, at);
    int sequence = BatchFormat.baseSequence(buffer, at);
    boolean stamped = id >= 0 && epoch >= 0 && sequence >= 0;
    boolean marker = id >= 0 && epoch >= 0 && BatchFormat.isControl(buffer, at);
    // Kafka's coordinators give the first sequence also where there is no producer.
    boolean unsequenced = origin == Origin.LOG || sequence == BatchFormat.NO_PRODUCER;
    boolean bare = id == BatchFormat.NO_PRODUCER && unsequenced && epoch < 0;
    if (stamped || marker || bare) {
      return null;
    }
    return new Invalid(
        Reason.PRODUCER,
        at,
        "producer id %d, epoch %d, sequence %d do not belong together"
            .formatted(id, epoch, sequence));
  }
}
