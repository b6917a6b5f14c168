package dev.leat.bench.peer;

import java.util.List;

/**
 * What Kafka's producer client is asked to send.
 *
 * @param topic its partitions are filled evenly
 * @param recordSizeBytes of each value; there are no keys
 * @param payload how the client makes values
 * @param recordsPerSecond fixed rate, or -1 for as many as go
 * @param properties of the producer
 */
public record KafkaLoad(
    String topic,
    int recordSizeBytes,
    Payload payload,
    long recordsPerSecond,
    List<String> properties) {

  /** How the client makes values. */
  public enum Payload {
    /** It draws each byte of each record at random: its default, and half of its work. */
    GENERATED,
    /** It sends values that it read from a file before it began. */
    FROM_FILE
  }
}
