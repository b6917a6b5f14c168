package dev.leat.ecosystem.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.ecosystem.lab.Await;
import dev.leat.ecosystem.lab.Cluster;
import dev.leat.ecosystem.lab.Reader;
import dev.leat.ecosystem.lab.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Numbered orders in a topic that is mirrored, and the group that reads them. */
final class Orders {
  static final String TOPIC = "orders";
  static final String GROUP = "shop";
  static final int PARTITIONS = 3;

  private static final String RETENTION_MS = "123456789";
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private Orders() {}

  static void createTopic(Cluster cluster) throws Exception {
    try (Topics topics = new Topics(cluster.bootstrap())) {
      topics.create(PARTITIONS, Map.of("retention.ms", RETENTION_MS), TOPIC);
    }
  }

  static Set<String> numbered(int from, int to) {
    return stream(from, to).collect(Collectors.toSet());
  }

  private static Stream<String> stream(int from, int to) {
    return IntStream.range(from, to).mapToObj("order %d"::formatted);
  }

  /** Sends the orders with these numbers; returns when all are acknowledged. */
  static void produce(Cluster cluster, int from, int to) throws Exception {
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", cluster.bootstrap()),
            new StringSerializer(),
            new StringSerializer())) {
      List<Future<?>> sent = new ArrayList<>();
      stream(from, to)
          .forEach(order -> sent.add(producer.send(new ProducerRecord<>(TOPIC, order, order))));
      for (Future<?> each : sent) {
        each.get(1, TimeUnit.MINUTES);
      }
    }
  }

  private static KafkaConsumer<String, String> member(Cluster cluster) {
    KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers", cluster.bootstrap(),
                "group.id", GROUP,
                "auto.offset.reset", "earliest",
                "enable.auto.commit", "false",
                "max.poll.records", "100"),
            new StringDeserializer(),
            new StringDeserializer());
    consumer.subscribe(List.of(TOPIC));
    return consumer;
  }

  /** Reads so many as a member of the group, which commits how far it has come. */
  static Set<String> consume(Cluster cluster, int count) {
    Set<String> seen = new HashSet<>();
    try (KafkaConsumer<String, String> consumer = member(cluster)) {
      while (seen.size() < count) {
        consumer.poll(POLL).forEach(record -> seen.add(record.value()));
      }
      consumer.commitSync();
    }
    return seen;
  }

  /**
   * Goes on in another cluster until {@code count} are seen; what it reads is less than all, if
   * offsets came.
   */
  static Set<String> consumeRest(Cluster cluster, Set<String> before, int count) {
    Set<String> all = new HashSet<>(before);
    int read = 0;
    long deadline = System.nanoTime() + LIMIT.toNanos();
    try (KafkaConsumer<String, String> consumer = member(cluster)) {
      while (all.size() < count && System.nanoTime() - deadline < 0) {
        for (ConsumerRecord<String, String> record : consumer.poll(POLL)) {
          all.add(record.value());
          read++;
        }
      }
    }
    assertThat(read).isLessThan(count - 1);
    return all;
  }

  /** Waits until so many different orders are in the mirrored topic. */
  static void await(Cluster cluster, int count) throws Exception {
    try (Topics topics = new Topics(cluster.bootstrap())) {
      Await.until("the topic comes", LIMIT, () -> topics.names().contains(TOPIC));
    }
    try (Reader<String> reader =
        new Reader<>(cluster.bootstrap(), TOPIC, new StringDeserializer())) {
      reader.until(
          LIMIT,
          records ->
              records.stream().map(ConsumerRecord::value).collect(Collectors.toSet()).size()
                  >= count);
    }
  }

  /** Waits until the group's offsets have come for all partitions. */
  static void awaitOffsets(Cluster cluster) throws Exception {
    try (Topics topics = new Topics(cluster.bootstrap())) {
      Await.until(
          "offsets of the group come",
          LIMIT,
          () ->
              topics
                      .admin()
                      .listConsumerGroupOffsets(GROUP)
                      .partitionsToOffsetAndMetadata()
                      .get(10, TimeUnit.SECONDS)
                      .values()
                      .stream()
                      .filter(offset -> offset != null && offset.offset() > 0)
                      .count()
                  == PARTITIONS);
    }
  }

  static void assertThatConfigurationCame(Cluster cluster) throws Exception {
    try (Topics topics = new Topics(cluster.bootstrap())) {
      assertThat(topics.configs(TOPIC)).containsEntry("retention.ms", RETENTION_MS);
      assertThat(topics.describe(TOPIC).partitions()).hasSize(PARTITIONS);
    }
  }
}
