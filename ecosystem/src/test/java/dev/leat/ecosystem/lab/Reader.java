package dev.leat.ecosystem.lab;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Reads what is committed in a topic, from its beginning, as it comes.
 *
 * @param <V> values; keys are text
 */
public final class Reader<V> implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);

  private final String topic;
  private final KafkaConsumer<String, V> consumer;
  private final List<ConsumerRecord<String, V>> records = new ArrayList<>();

  /** Begins at the beginning. */
  public Reader(String bootstrap, String topic, Deserializer<V> values) {
    this.topic = topic;
    this.consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                bootstrap,
                "isolation.level",
                "read_committed",
                "auto.offset.reset",
                "earliest"),
            new StringDeserializer(),
            values);
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(partition -> new TopicPartition(topic, partition.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  /** Reads until what was read is enough: all that was read, each partition in its order. */
  public List<ConsumerRecord<String, V>> until(
      Duration limit, Predicate<List<ConsumerRecord<String, V>>> enough) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!enough.test(records)) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError(
            "not within %d s: what should be in %s; %d records are there"
                .formatted(limit.toSeconds(), topic, records.size()));
      }
      consumer.poll(POLL).forEach(records::add);
    }
    return records;
  }

  /** Reads so many records. */
  public List<ConsumerRecord<String, V>> records(int count, Duration limit) {
    return until(limit, read -> read.size() >= count);
  }

  /** Values by key, each in the order of its records. */
  public static <V> Map<String, List<V>> byKey(List<ConsumerRecord<String, V>> records) {
    Map<String, List<V>> values = new LinkedHashMap<>();
    for (ConsumerRecord<String, V> record : records) {
      values.computeIfAbsent(record.key(), key -> new ArrayList<>()).add(record.value());
    }
    return values;
  }

  @Override
  public void close() {
    consumer.close();
  }
}
