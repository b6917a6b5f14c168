package dev.leat.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leat.api.batch.RecordHeader;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record that was read. Key and value are copied out of the response they came in when they are
 * asked for; a record that is kept for long keeps that whole response in memory.
 */
public final class ConsumerRecord {

  private final TopicPartition partition;
  private final long offset;
  private final long timestamp;
  private final @Nullable ByteBuffer key;
  private final @Nullable ByteBuffer value;
  private final List<RecordHeader> headers;

  /**
   * A record.
   *
   * @param partition where it lies
   * @param offset position in the partition
   * @param timestamp time in ms since the Unix epoch
   * @param content key, value and headers
   */
  public ConsumerRecord(TopicPartition partition, long offset, long timestamp, Content content) {
    this.partition = partition;
    this.offset = offset;
    this.timestamp = timestamp;
    key = content.key;
    value = content.value;
    headers = content.headers;
  }

  /**
   * What is in a record.
   *
   * @param key view of the key, if there is one
   * @param value view of the value, if there is one
   * @param headers named values, in order
   */
  public record Content(
      @Nullable ByteBuffer key, @Nullable ByteBuffer value, List<RecordHeader> headers) {}

  /** Topic. */
  public String topic() {
    return partition.topic();
  }

  /** Number of the partition. */
  public int partition() {
    return partition.partition();
  }

  /** Topic and partition. */
  public TopicPartition topicPartition() {
    return partition;
  }

  /** Position in the partition. */
  public long offset() {
    return offset;
  }

  /** Time in ms since the Unix epoch: the producer's, or the broker's if the topic has that. */
  public long timestamp() {
    return timestamp;
  }

  /** Copy of the key; null if there is none. */
  public byte @Nullable [] key() {
    return copy(key);
  }

  /** Copy of the value; null for a tombstone. */
  public byte @Nullable [] value() {
    return copy(value);
  }

  /** Size of the key in bytes, -1 if there is none. */
  public int keyBytes() {
    return key == null ? -1 : key.remaining();
  }

  /** Size of the value in bytes, -1 if there is none. */
  public int valueBytes() {
    return value == null ? -1 : value.remaining();
  }

  /** Read-only view of the key; null if there is none. */
  public @Nullable ByteBuffer keyView() {
    return key == null ? null : key.asReadOnlyBuffer();
  }

  /** Read-only view of the value; null if there is none. */
  public @Nullable ByteBuffer valueView() {
    return value == null ? null : value.asReadOnlyBuffer();
  }

  /** The key as UTF-8 text; null if there is none. */
  public @Nullable String keyText() {
    return key == null ? null : UTF_8.decode(key.duplicate()).toString();
  }

  /** The value as UTF-8 text; null if there is none. */
  public @Nullable String valueText() {
    return value == null ? null : UTF_8.decode(value.duplicate()).toString();
  }

  /** Named values, in order. */
  public List<RecordHeader> headers() {
    return headers;
  }

  private static byte @Nullable [] copy(@Nullable ByteBuffer view) {
    if (view == null) {
      return null;
    }
    byte[] bytes = new byte[view.remaining()];
    view.get(view.position(), bytes);
    return bytes;
  }

  @Override
  public String toString() {
    return partition + "@" + offset;
  }
}
