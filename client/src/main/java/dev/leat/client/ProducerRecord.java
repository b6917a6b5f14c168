package dev.leat.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.leat.api.batch.RecordHeader;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A record to be sent. Its bytes are copied while {@code send} runs, so arrays and the record
 * itself may be used again afterwards.
 *
 * @param topic name of the topic
 * @param partition number of the partition, or {@link #ANY_PARTITION}: by the key if there is one
 *     (records of equal keys go to the same partition, the one where Kafka's clients put them),
 *     else any
 * @param timestamp event time in ms since the Unix epoch, or {@link #NOW}
 * @param key key; null for none
 * @param value value; null for a tombstone, which deletes the key in a compacted topic
 * @param headers named values, in order
 */
// Arrays, for bytes are what is sent; equality is that of references, as nobody compares these.
@SuppressWarnings("ArrayRecordComponent")
public record ProducerRecord(
    String topic,
    int partition,
    long timestamp,
    byte @Nullable [] key,
    byte @Nullable [] value,
    List<RecordHeader> headers) {

  /** The producer chooses the partition. */
  public static final int ANY_PARTITION = -1;

  /** The time of sending. */
  public static final long NOW = -1;

  /** Checks the numbers and keeps an unchangeable list of headers. */
  public ProducerRecord {
    Objects.requireNonNull(topic, "topic");
    if (partition < ANY_PARTITION) {
      throw new IllegalArgumentException("partition is " + partition + ": give 0 or more");
    }
    if (timestamp < NOW) {
      throw new IllegalArgumentException("timestamp is " + timestamp + ": give 0 ms or more");
    }
    headers = List.copyOf(headers);
  }

  /** A record without a key. */
  public static ProducerRecord of(String topic, byte @Nullable [] value) {
    return new ProducerRecord(topic, ANY_PARTITION, NOW, null, value, List.of());
  }

  /** A record with a key. */
  public static ProducerRecord of(String topic, byte @Nullable [] key, byte @Nullable [] value) {
    return new ProducerRecord(topic, ANY_PARTITION, NOW, key, value, List.of());
  }

  /** A record of text, in UTF-8, without a key. */
  public static ProducerRecord of(String topic, String value) {
    return of(topic, value.getBytes(UTF_8));
  }

  /** A record of text, in UTF-8, with a key. */
  public static ProducerRecord of(String topic, String key, String value) {
    return of(topic, key.getBytes(UTF_8), value.getBytes(UTF_8));
  }

  /** This record for a partition. */
  public ProducerRecord withPartition(int newPartition) {
    return new ProducerRecord(topic, newPartition, timestamp, key, value, headers);
  }

  /** This record with an event time in ms since the Unix epoch. */
  public ProducerRecord withTimestamp(long newTimestamp) {
    return new ProducerRecord(topic, partition, newTimestamp, key, value, headers);
  }

  /** This record with headers. */
  public ProducerRecord withHeaders(List<RecordHeader> newHeaders) {
    return new ProducerRecord(topic, partition, timestamp, key, value, newHeaders);
  }
}
