package dev.leat.kafka.wire;

import dev.leat.api.batch.BatchBuilder;
import dev.leat.api.batch.Compression;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.LegacyRecord;
import org.apache.kafka.common.utils.internals.BufferSupplier;

/**
 * Turns a set of messages in one of the two formats before Kafka 0.11 (magic 0 and 1) into a batch.
 * They have neither producers nor headers, and those of magic 0 no time: they get that of their
 * arrival.
 */
public final class LegacyMessages {
  /** Offset and size stand before each message. */
  private static final int PREFIX_BYTES = 12;

  private static final int FIRST_BYTES = 1024;
  private static final byte MAGIC_WITH_TIME = 1;

  private final BatchBuilder batch;
  private final int maxBytes;
  private final long nowMs;
  private Compression compression = Compression.NONE;

  private LegacyMessages(int maxBytes, long nowMs) {
    this.batch = new BatchBuilder(new byte[Math.min(FIRST_BYTES, maxBytes)]);
    this.maxBytes = maxBytes;
    this.nowMs = nowMs;
  }

  /** Whether these are messages of an old format, and not batches. */
  public static boolean isLegacy(ByteBuffer records) {
    int magicAt = records.position() + PREFIX_BYTES + LegacyRecord.MAGIC_OFFSET;
    return magicAt < records.limit() && records.get(magicAt) <= MAGIC_WITH_TIME;
  }

  /**
   * One batch of all messages, compressed as they were.
   *
   * @param maxBytes bound of the batch, compressed or not
   * @throws CorruptRecordException if a checksum or a length is wrong
   * @throws RecordTooLargeException if they do not fit in {@code maxBytes}
   * @throws InvalidRecordException if there is no message, or compressed ones are nested
   */
  public static ByteBuffer convert(ByteBuffer messages, int maxBytes, long nowMs) {
    LegacyMessages conversion = new LegacyMessages(maxBytes, nowMs);
    conversion.addAll(messages, true);
    if (conversion.batch.count() == 0) {
      throw new InvalidRecordException("there are no messages");
    }
    return conversion.batch.finish(conversion.compression);
  }

  private void addAll(ByteBuffer messages, boolean outermost) {
    int at = messages.position();
    while (at < messages.limit()) {
      if (messages.limit() - at < PREFIX_BYTES) {
        throw new CorruptRecordException("a message is cut off");
      }
      int size = messages.getInt(at + Long.BYTES);
      int left = messages.limit() - at - PREFIX_BYTES;
      if (size < LegacyRecord.RECORD_OVERHEAD_V0 || size > left) {
        throw new CorruptRecordException("a message of %d bytes in %d bytes".formatted(size, left));
      }
      add(new LegacyRecord(messages.slice(at + PREFIX_BYTES, size)), outermost);
      at += PREFIX_BYTES + size;
    }
  }

  private void add(LegacyRecord message, boolean outermost) {
    if (message.magic() < 0 || message.magic() > MAGIC_WITH_TIME) {
      throw new InvalidRecordException("magic is " + message.magic());
    }
    message.ensureValid();
    CompressionType type = message.compressionType();
    if (type == CompressionType.NONE) {
      append(message);
    } else if (outermost) {
      compression =
          Compression.of(type.id)
              .orElseThrow(() -> new InvalidRecordException("unknown compression " + type));
      addAll(ByteBuffer.wrap(decompress(message, type)), false);
    } else {
      throw new InvalidRecordException("compressed messages in compressed messages");
    }
  }

  private void append(LegacyRecord message) {
    boolean timed = message.magic() == MAGIC_WITH_TIME && message.timestamp() >= 0;
    long timestamp = timed ? message.timestamp() : nowMs;
    while (!batch.append(timestamp, message.key(), message.value(), List.of())) {
      if (!batch.grow(maxBytes)) {
        throw new RecordTooLargeException("the messages are over " + maxBytes + " bytes");
      }
    }
  }

  private byte[] decompress(LegacyRecord message, CompressionType type) {
    ByteBuffer value = message.value();
    if (value == null) {
      throw new InvalidRecordException("a compressed message is empty");
    }
    // What a message has beside key and value shrinks in a batch: twice the bound is enough.
    int bound = (int) Math.min(Integer.MAX_VALUE - 8L, 2L * maxBytes);
    try (InputStream plain =
        org.apache.kafka.common.compress.Compression.of(type)
            .build()
            .wrapForInput(value, message.magic(), BufferSupplier.NO_CACHING)) {
      byte[] bytes = plain.readNBytes(bound);
      if (bytes.length == bound) {
        throw new RecordTooLargeException("the messages are over " + maxBytes + " bytes");
      }
      return bytes;
    } catch (IOException | KafkaException e) {
      if (e instanceof RecordTooLargeException tooLarge) {
        throw tooLarge;
      }
      throw new CorruptRecordException("a message cannot be decompressed: " + e.getMessage());
    }
  }
}
