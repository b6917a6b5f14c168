package dev.leat.bench.figure;

import java.util.List;
import java.util.Map;

/** Sizes and client settings that several figures share. */
final class Settings {
  /** Bytes of the value of a large record. */
  static final int KIB = 1024;

  /** Bytes of the value of a small record. */
  static final int SMALL = 100;

  static final int PARTITIONS = 64;
  static final String TOPIC = "bench-64";

  /** First runs of load clients that must be told a number of records; they also warm up. */
  static final long FIRST_RECORDS = 200_000;

  static final long FIRST_SMALL_RECORDS = 2_000_000;

  /** The same where each batch is synced. */
  static final long FIRST_SYNCED_RECORDS = 30_000;

  /**
   * Settings under which Kafka's producer was fastest here, of batches from 16 KiB to 1 MiB and
   * lingers from 5 to 20 ms: large batches, and time to fill them. Acks=all is the default.
   */
  static final List<String> KAFKA_TUNED =
      List.of("acks=all", "batch.size=262144", "linger.ms=20", "buffer.memory=134217728");

  /** Batches of half that size and Kafka's default linger. */
  static final List<String> KAFKA_PLAIN =
      List.of("acks=all", "batch.size=131072", "linger.ms=5", "buffer.memory=67108864");

  /** The producer as it comes: batches of 16 KiB, linger 5 ms. */
  static final List<String> KAFKA_DEFAULT = List.of("acks=all");

  /** A producer that waits for nothing. */
  static final List<String> KAFKA_PROMPT = List.of("acks=all", "linger.ms=0");

  /** Topic configuration: Kafka's default, which leaves syncing to the operating system. */
  static final Map<String, String> UNSYNCED = Map.of();

  /** Topic configuration: each appended batch is synced before it is acknowledged. */
  static final Map<String, String> SYNCED = Map.of("flush.messages", "1");

  private Settings() {}
}
