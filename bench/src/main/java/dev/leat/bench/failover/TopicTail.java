package dev.leat.bench.failover;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads what is committed in a topic from now on; one thread at a time. */
final class TopicTail implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(100);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final IntConsumer onRecord;

  /**
   * Begins at the end.
   *
   * @param onRecord is told the partition of each record
   */
  TopicTail(String bootstrap, String topic, IntConsumer onRecord) {
    this.onRecord = onRecord;
    this.consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers", bootstrap,
                "isolation.level", "read_committed",
                "auto.offset.reset", "latest"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(partition -> new TopicPartition(topic, partition.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
  }

  /** Reads what is there, or waits a moment. */
  void poll() {
    consumer.poll(POLL).forEach(record -> onRecord.accept(record.partition()));
  }

  @Override
  public void close() {
    consumer.close();
  }
}
