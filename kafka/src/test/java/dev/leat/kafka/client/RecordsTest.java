package dev.leat.kafka.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.kafka.RunningBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kafka's own clients produce and consume. */
@Timeout(60)
class RecordsTest {
  private static final long NOON = 1_700_000_000_000L;

  @TempDir private static Path directory;
  private static RunningBroker broker;

  @BeforeAll
  static void start() throws Exception {
    broker = new RunningBroker(directory);
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  private static void createTopic(String name, int partitions) throws Exception {
    try (Admin admin = broker.admin()) {
      admin
          .createTopics(List.of(new NewTopic(name, Optional.of(partitions), Optional.empty())))
          .all()
          .get(20, TimeUnit.SECONDS);
    }
  }

  private static KafkaProducer<String, String> producer(Map<String, Object> more) {
    Map<String, Object> config = new java.util.HashMap<>(more);
    config.put("bootstrap.servers", broker.bootstrap());
    return new KafkaProducer<>(config, new StringSerializer(), new StringSerializer());
  }

  private static KafkaConsumer<String, String> consumer(Map<String, Object> more) {
    Map<String, Object> config = new java.util.HashMap<>(more);
    config.put("bootstrap.servers", broker.bootstrap());
    return new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer());
  }

  private static List<ConsumerRecord<String, String>> read(
      KafkaConsumer<String, String> consumer, int count) {
    List<ConsumerRecord<String, String>> read = new ArrayList<>();
    while (read.size() < count) {
      consumer.poll(Duration.ofMillis(200)).forEach(read::add);
    }
    return read;
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
  void shouldReturnWhatWasProduced(String compression) throws Exception {
    String topic = "compressed-" + compression;
    createTopic(topic, 1);
    TopicPartition partition = new TopicPartition(topic, 0);

    try (KafkaProducer<String, String> producer =
        producer(Map.of("compression.type", compression, "linger.ms", 20))) {
      for (int i = 0; i < 1000; i++) {
        producer.send(new ProducerRecord<>(topic, 0, NOON + i, "key-" + i, "value-" + i));
      }
    }

    try (KafkaConsumer<String, String> consumer = consumer(Map.of())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      List<ConsumerRecord<String, String>> read = read(consumer, 1000);
      assertThat(read).hasSize(1000);
      for (int i = 0; i < 1000; i++) {
        assertThat(read.get(i).offset()).isEqualTo(i);
        assertThat(read.get(i).key()).isEqualTo("key-" + i);
        assertThat(read.get(i).value()).isEqualTo("value-" + i);
        assertThat(read.get(i).timestamp()).isEqualTo(NOON + i);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1", "all"})
  void shouldTakeEveryAcks(String acks) throws Exception {
    String topic = "acks-" + acks;
    createTopic(topic, 3);

    List<Future<RecordMetadata>> sent = new ArrayList<>();
    try (KafkaProducer<String, String> producer =
        producer(Map.of("acks", acks, "enable.idempotence", acks.equals("all")))) {
      for (int i = 0; i < 300; i++) {
        sent.add(producer.send(new ProducerRecord<>(topic, i % 3, null, "value-" + i)));
      }
    }

    for (Future<RecordMetadata> ack : sent) {
      assertThat(ack.get(5, TimeUnit.SECONDS).hasOffset()).isEqualTo(!acks.equals("0"));
    }
    try (KafkaConsumer<String, String> consumer =
        consumer(Map.of("auto.offset.reset", "earliest"))) {
      consumer.assign(partitions(topic, 3));
      assertThat(read(consumer, 300)).hasSize(300);
    }
  }

  private static List<TopicPartition> partitions(String topic, int count) {
    List<TopicPartition> partitions = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      partitions.add(new TopicPartition(topic, i));
    }
    return partitions;
  }

  @Test
  void shouldFindOffsetsByTime() throws Exception {
    createTopic("times", 1);
    TopicPartition partition = new TopicPartition("times", 0);
    try (KafkaProducer<String, String> producer = producer(Map.of())) {
      for (int i = 0; i < 10; i++) {
        producer.send(new ProducerRecord<>("times", 0, NOON + 1000L * i, null, "v")).get();
      }
    }

    try (KafkaConsumer<String, String> consumer = consumer(Map.of())) {
      Map<TopicPartition, OffsetAndTimestamp> found =
          consumer.offsetsForTimes(Map.of(partition, NOON + 4500L));
      Map<TopicPartition, OffsetAndTimestamp> none =
          consumer.offsetsForTimes(Map.of(partition, NOON + 450_000L));

      assertThat(found.get(partition).offset()).isEqualTo(5);
      assertThat(found.get(partition).timestamp()).isEqualTo(NOON + 5000);
      assertThat(none.get(partition)).isNull();
      assertThat(consumer.beginningOffsets(List.of(partition))).containsEntry(partition, 0L);
      assertThat(consumer.endOffsets(List.of(partition))).containsEntry(partition, 10L);
    }
  }

  @Test
  void shouldWakeAConsumerThatWaits() throws Exception {
    createTopic("wakes", 1);
    TopicPartition partition = new TopicPartition("wakes", 0);

    try (KafkaConsumer<String, String> consumer = consumer(Map.of("fetch.max.wait.ms", 30_000));
        KafkaProducer<String, String> producer = producer(Map.of())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      assertThat(consumer.poll(Duration.ofMillis(500))).isEmpty();
      long start = System.nanoTime();
      producer.send(new ProducerRecord<>("wakes", 0, null, "hello")).get();
      List<ConsumerRecord<String, String>> read = read(consumer, 1);

      assertThat(read.getFirst().value()).isEqualTo("hello");
      assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start)).isLessThan(20);
    }
  }
}
