package dev.leat.kafka.groups;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.kafka.RunningBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kafka's share consumer: records are handed out one by one, as from a queue. */
@Timeout(120)
class ShareGroupTest {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final int DEADLINE_S = 40;

  @TempDir private static Path directory;
  private static RunningBroker broker;
  private static Clients clients;

  @BeforeAll
  static void start() throws Exception {
    broker = new RunningBroker(directory);
    clients = new Clients(broker);
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  private static KafkaShareConsumer<String, String> consumer(String group) {
    return new KafkaShareConsumer<>(
        Map.of(
            "bootstrap.servers",
            broker.bootstrap(),
            "group.id",
            group,
            "share.acknowledgement.mode",
            "explicit"),
        new StringDeserializer(),
        new StringDeserializer());
  }

  /** Share groups start at the end: sends records until the first ones arrive. */
  private static void join(KafkaShareConsumer<String, String> consumer, String topic) {
    consumer.subscribe(List.of(topic));
    long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_S);
    while (System.nanoTime() < endNanos) {
      clients.produce(topic, 1, 1);
      var records = consumer.poll(POLL);
      records.forEach(record -> consumer.acknowledge(record, AcknowledgeType.ACCEPT));
      if (!records.isEmpty()) {
        return;
      }
    }
    throw new AssertionError("no record within " + DEADLINE_S + " s");
  }

  private static List<ConsumerRecord<String, String>> poll(
      KafkaShareConsumer<String, String> consumer, int count, AcknowledgeType type) {
    List<ConsumerRecord<String, String>> all = new ArrayList<>();
    long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_S);
    while (all.size() < count) {
      if (System.nanoTime() > endNanos) {
        throw new AssertionError("only " + all.size() + " records within " + DEADLINE_S + " s");
      }
      for (ConsumerRecord<String, String> record : consumer.poll(POLL)) {
        consumer.acknowledge(record, type);
        all.add(record);
      }
    }
    consumer.commitSync();
    return all;
  }

  @Test
  void shouldHandOutEveryRecordOnce() throws Exception {
    clients.createTopic("jobs", 1);

    try (KafkaShareConsumer<String, String> worker = consumer("workers")) {
      join(worker, "jobs");
      clients.produce("jobs", 1, 50);

      List<String> values =
          poll(worker, 50, AcknowledgeType.ACCEPT).stream()
              .map(ConsumerRecord::value)
              .distinct()
              .toList();

      assertThat(values).containsAll(IntStream.range(0, 50).mapToObj(String::valueOf).toList());
    }
  }

  @Test
  void shouldHandOutAgainWhatIsReleased() throws Exception {
    clients.createTopic("tries", 1);

    try (KafkaShareConsumer<String, String> worker = consumer("triers")) {
      join(worker, "tries");
      clients.produce("tries", 1, 5);
      List<Long> released =
          poll(worker, 5, AcknowledgeType.RELEASE).stream().map(ConsumerRecord::offset).toList();

      List<ConsumerRecord<String, String>> again =
          poll(worker, released.size(), AcknowledgeType.ACCEPT);

      assertThat(again).extracting(ConsumerRecord::offset).containsAll(released);
      assertThat(again)
          .allSatisfy(record -> assertThat(record.deliveryCount()).hasValue((short) 2));
    }
  }
}
