package dev.leat.ecosystem.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.ecosystem.lab.Await;
import dev.leat.ecosystem.lab.Child;
import dev.leat.ecosystem.lab.Cluster;
import dev.leat.ecosystem.lab.KafkaCluster;
import dev.leat.ecosystem.lab.Reader;
import dev.leat.ecosystem.lab.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A migration: MirrorMaker brings a topic, its configuration and the offsets of its group from
 * Kafka to the cluster that is tested, of which a broker is killed meanwhile; then producers and
 * consumers switch over.
 */
@Tag("full")
@Timeout(400)
class MirrorMakerTest {
  private static final String TOPIC = "orders";
  private static final String GROUP = "shop";
  private static final int PARTITIONS = 3;
  private static final int BEFORE = 5_000;
  private static final int MEANWHILE = 5_000;
  private static final int READ_BEFORE = 4_500;
  private static final String RETENTION_MS = "123456789";
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration LIMIT = Duration.ofMinutes(2);

  @Test
  void shouldMigrateFromKafka() throws Exception {
    Path directory = Cluster.directory("mirror");
    try (Cluster from = KafkaCluster.start(Cluster.directory("mirror-from"), 1);
        Cluster to = Cluster.start("mirror-to")) {
      try (Topics topics = new Topics(from.bootstrap())) {
        topics.create(PARTITIONS, Map.of("retention.ms", RETENTION_MS), TOPIC);
      }
      produce(from.bootstrap(), 0, BEFORE);
      Set<String> seen = consume(from.bootstrap(), READ_BEFORE);

      try (Child mirror = mirror(directory, from, to)) {
        produce(from.bootstrap(), BEFORE, BEFORE + MEANWHILE);
        awaitRecords(to, BEFORE);
        to.killBroker(1);
        awaitRecords(to, BEFORE + MEANWHILE);
        awaitOffsets(to);
        assertThat(mirror.isAlive()).isTrue();
      }

      assertThatConfigurationCame(to);
      produce(to.bootstrap(), BEFORE + MEANWHILE, BEFORE + MEANWHILE + 1);
      seen.addAll(consumeRest(to.bootstrap(), seen));
      assertThat(seen).isEqualTo(orders(0, BEFORE + MEANWHILE + 1).collect(Collectors.toSet()));
    }
  }

  private static Child mirror(Path directory, Cluster from, Cluster to) throws IOException {
    Path file = directory.resolve("mirror.properties");
    Files.writeString(
        file,
        """
        clusters = old, new
        old.bootstrap.servers = %s
        new.bootstrap.servers = %s
        old->new.enabled = true
        old->new.topics = orders
        old->new.groups = shop
        replication.policy.class = org.apache.kafka.connect.mirror.IdentityReplicationPolicy
        sync.group.offsets.enabled = true
        sync.group.offsets.interval.seconds = 1
        emit.checkpoints.interval.seconds = 1
        refresh.topics.interval.seconds = 2
        refresh.groups.interval.seconds = 2
        sync.topic.configs.interval.seconds = 2
        emit.heartbeats.enabled = false
        offset-syncs.topic.location = target
        replication.factor = -1
        checkpoints.topic.replication.factor = -1
        offset-syncs.topic.replication.factor = -1
        config.storage.replication.factor = -1
        offset.storage.replication.factor = -1
        status.storage.replication.factor = -1
        tasks.max = 2
        consumer.auto.offset.reset = earliest
        """
            .formatted(from.bootstrap(), to.bootstrap()));
    return Child.java(
        directory,
        "mirror",
        "org.apache.kafka.connect.mirror.MirrorMaker",
        List.of(file.toString()));
  }

  private static Stream<String> orders(int from, int to) {
    return IntStream.range(from, to).mapToObj("order %d"::formatted);
  }

  private static void produce(String bootstrap, int from, int to) throws Exception {
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrap),
            new StringSerializer(),
            new StringSerializer())) {
      List<Future<?>> sent = new ArrayList<>();
      orders(from, to)
          .forEach(order -> sent.add(producer.send(new ProducerRecord<>(TOPIC, order, order))));
      for (Future<?> each : sent) {
        each.get(1, TimeUnit.MINUTES);
      }
    }
  }

  private static KafkaConsumer<String, String> member(String bootstrap) {
    KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers", bootstrap,
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
  private static Set<String> consume(String bootstrap, int count) {
    Set<String> seen = new HashSet<>();
    try (KafkaConsumer<String, String> consumer = member(bootstrap)) {
      while (seen.size() < count) {
        consumer.poll(POLL).forEach(record -> seen.add(record.value()));
      }
      consumer.commitSync();
    }
    return seen;
  }

  /** Goes on in the other cluster until all is there; what it reads is little, if offsets came. */
  private static Set<String> consumeRest(String bootstrap, Set<String> before) {
    Set<String> all = new HashSet<>(before);
    int read = 0;
    long deadline = System.nanoTime() + LIMIT.toNanos();
    try (KafkaConsumer<String, String> consumer = member(bootstrap)) {
      while (all.size() < BEFORE + MEANWHILE + 1 && System.nanoTime() - deadline < 0) {
        for (ConsumerRecord<String, String> record : consumer.poll(POLL)) {
          all.add(record.value());
          read++;
        }
      }
    }
    assertThat(read).isLessThan(BEFORE + MEANWHILE);
    return all;
  }

  private static void awaitRecords(Cluster to, int count) throws Exception {
    try (Topics topics = new Topics(to.bootstrap())) {
      Await.until("the topic comes", LIMIT, () -> topics.names().contains(TOPIC));
    }
    try (Reader<String> reader = new Reader<>(to.bootstrap(), TOPIC, new StringDeserializer())) {
      reader.until(
          LIMIT,
          records ->
              records.stream().map(ConsumerRecord::value).collect(Collectors.toSet()).size()
                  >= count);
    }
  }

  private static void awaitOffsets(Cluster to) throws Exception {
    try (Topics topics = new Topics(to.bootstrap())) {
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

  private static void assertThatConfigurationCame(Cluster to) throws Exception {
    try (Topics topics = new Topics(to.bootstrap())) {
      assertThat(topics.configs(TOPIC)).containsEntry("retention.ms", RETENTION_MS);
      assertThat(topics.describe(TOPIC).partitions()).hasSize(PARTITIONS);
    }
  }
}
