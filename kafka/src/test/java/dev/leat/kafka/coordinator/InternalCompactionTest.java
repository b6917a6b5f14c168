package dev.leat.kafka.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.broker.server.KafkaConfig;
import dev.leat.kafka.RunningBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What coordinators write does not grow for ever: their topics are compacted. */
@Timeout(120)
class InternalCompactionTest {
  private static final int DEADLINE_S = 60;
  private static final int COMMITS = 2_000;
  private static final int AT_ONCE = 100;
  private static final long SEGMENT_BYTES = 4 << 20;

  /** About as much as a commit may have, so that a few thousand fill segments. */
  private static final String METADATA = "x".repeat(4_000);

  private static final TopicPartition ORDERS = new TopicPartition("orders", 0);

  @TempDir private Path directory;

  private RunningBroker start() throws Exception {
    return new RunningBroker(
        directory,
        config ->
            config
                .withKafka(KafkaConfig.onPort(0))
                .withJournal(SEGMENT_BYTES, 16 * SEGMENT_BYTES, 50));
  }

  @Test
  void shouldForgetOffsetsThatNewerOnesSupersede() throws Exception {
    try (RunningBroker broker = start();
        Admin admin = broker.admin()) {
      admin
          .createTopics(
              List.of(
                  new NewTopic("orders", 1, (short) 1),
                  new NewTopic("other", 1, (short) 1)
                      .configs(Map.of("retention.bytes", Integer.toString(1 << 20)))))
          .all()
          .get(DEADLINE_S, TimeUnit.SECONDS);
      commitAll(admin);
      // What follows moves the last of them out of the hot segment.
      fill(broker);

      long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_S);
      int left = COMMITS;
      while (left > COMMITS / 10) {
        left = stored(broker);
        assertThat(System.nanoTime()).as("%d are left", left).isLessThan(endNanos);
      }
    }

    try (RunningBroker broker = start();
        Admin admin = broker.admin()) {
      assertThat(
              admin
                  .listConsumerGroupOffsets("shop")
                  .partitionsToOffsetAndMetadata()
                  .get(DEADLINE_S, TimeUnit.SECONDS))
          .containsExactly(Map.entry(ORDERS, new OffsetAndMetadata(COMMITS, METADATA)));
    }
  }

  private static void commitAll(Admin admin) throws Exception {
    List<Future<?>> underWay = new ArrayList<>();
    for (int i = 1; i <= COMMITS; i++) {
      underWay.add(
          admin
              .alterConsumerGroupOffsets("shop", Map.of(ORDERS, new OffsetAndMetadata(i, METADATA)))
              .all());
      if (underWay.size() == AT_ONCE) {
        for (Future<?> each : underWay) {
          each.get(DEADLINE_S, TimeUnit.SECONDS);
        }
        underWay.clear();
      }
    }
    // Those under way together may have come in any order.
    admin
        .alterConsumerGroupOffsets("shop", Map.of(ORDERS, new OffsetAndMetadata(COMMITS, METADATA)))
        .all()
        .get(DEADLINE_S, TimeUnit.SECONDS);
  }

  private static void fill(RunningBroker broker) {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrap()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (int i = 0; i < 80; i++) {
        producer.send(new ProducerRecord<>("other", new byte[100_000]));
      }
    }
  }

  /** Records that the group's partition of the internal topic still has. */
  private static int stored(RunningBroker broker) {
    TopicPartition partition =
        new TopicPartition(
            InternalTopic.CONSUMER_OFFSETS.topicName(),
            ("shop".hashCode() & Integer.MAX_VALUE) % InternalTopic.PARTITIONS);
    int records = 0;
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", broker.bootstrap()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      while (consumer.position(partition) < end) {
        records += consumer.poll(Duration.ofMillis(100)).count();
      }
    }
    return records;
  }
}
