package dev.leat.kafka.quota;

import java.util.Arrays;
import java.util.Optional;

/** What can be limited, with Kafka's names. */
enum Quota {
  /** Bytes of Produce requests per second. */
  PRODUCE("producer_byte_rate", true),
  /** Bytes of records fetched per second. */
  FETCH("consumer_byte_rate", true),
  /** Time on event loops, in percent of one of them. */
  REQUEST("request_percentage", false);

  private final String key;
  private final boolean whole;

  Quota(String key, boolean whole) {
    this.key = key;
    this.whole = whole;
  }

  String key() {
    return key;
  }

  /** Whether only whole numbers are allowed. */
  boolean isWhole() {
    return whole;
  }

  static Optional<Quota> find(String key) {
    return Arrays.stream(values()).filter(quota -> quota.key.equals(key)).findFirst();
  }
}
