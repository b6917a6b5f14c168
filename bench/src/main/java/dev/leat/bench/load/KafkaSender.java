package dev.leat.bench.load;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends with Kafka's client. Batches of 16 KiB: an open batch takes its whole size from the
 * client's buffer, and with thousands of partitions larger ones would find no room there.
 */
final class KafkaSender implements Sender {
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(120);

  private final KafkaProducer<byte[], byte[]> producer;
  private final Callback callback;

  KafkaSender(String bootstrap, Duration linger, Outcome outcome) {
    producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers", bootstrap,
                "acks", "all",
                "batch.size", "16384",
                "linger.ms", Long.toString(linger.toMillis()),
                "buffer.memory", "268435456"),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    callback =
        (metadata, error) -> {
          if (error == null) {
            outcome.acknowledged(metadata.partition());
          } else {
            outcome.failed(String.valueOf(error.getMessage()));
          }
        };
  }

  @Override
  public void send(String topic, int partition, byte[] value) {
    Integer chosen = partition == ANY_PARTITION ? null : Integer.valueOf(partition);
    producer.send(new ProducerRecord<>(topic, chosen, null, value), callback);
  }

  @Override
  public void close() {
    producer.close(CLOSE_LIMIT);
  }
}
