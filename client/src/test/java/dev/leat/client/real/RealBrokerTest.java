package dev.leat.client.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.batch.Compression;
import dev.leat.client.ClientConfig;
import dev.leat.client.Consumer;
import dev.leat.client.ConsumerRecord;
import dev.leat.client.LeatClient;
import dev.leat.client.Position;
import dev.leat.client.Producer;
import dev.leat.client.ProducerConfig;
import dev.leat.client.ProducerRecord;
import dev.leat.client.RecordMetadata;
import dev.leat.client.SendCallback;
import dev.leat.client.TopicPartition;
import dev.leat.client.admin.Admin;
import dev.leat.client.admin.BrokerStatus;
import dev.leat.client.admin.Cleanup;
import dev.leat.client.admin.ClusterDescription;
import dev.leat.client.admin.PartitionOffsets;
import dev.leat.client.admin.TopicChange;
import dev.leat.client.admin.TopicDescription;
import dev.leat.client.admin.TopicSpec;
import dev.leat.client.error.LeatErrorCode;
import dev.leat.client.error.LeatException;
import dev.leat.client.error.OffsetOutOfRangeException;
import dev.leat.client.error.UnavailableException;
import dev.leat.client.error.UnknownTopicException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The client and a real broker. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RealBrokerTest {

  private static final Duration LONG = Duration.ofSeconds(20);
  private static final TopicPartition T0 = new TopicPartition("t", 0);

  @TempDir Path directory;
  private LocalBroker broker;
  private LeatClient client;
  private Admin admin;

  @BeforeEach
  void start() throws Exception {
    broker = new LocalBroker(directory);
    client = LeatClient.connect(broker.address());
    admin = client.admin();
  }

  @AfterEach
  void close() {
    client.close();
    broker.close();
  }

  @Test
  void shouldManageTopics() {
    TopicSpec spec =
        TopicSpec.of("t")
            .withPartitions(3)
            .withRetentionMs(60_000)
            .withRetentionBytes(1_000_000)
            .withConfig(Map.of("max.message.bytes", "50000"));

    TopicDescription created = admin.createTopic(spec);
    assertThat(created.spec()).isEqualTo(spec.withReplicas(1));
    assertThat(created.id()).hasSize(32);
    assertThat(created.partitions())
        .hasSize(3)
        .allSatisfy(partition -> assertThat(partition.leader()).isZero());
    assertThat(admin.listTopics()).containsExactly(spec.withReplicas(1));

    TopicSpec altered =
        admin.alterTopic(
            TopicChange.of("t")
                .withPartitions(5)
                .withRetentionMs(-1)
                .withCleanup(Cleanup.COMPACT)
                .withConfig(Map.of(), List.of("max.message.bytes")));
    assertThat(altered.partitions()).isEqualTo(5);
    assertThat(altered.retentionMs()).isEqualTo(OptionalLong.of(-1));
    assertThat(altered.cleanup()).isEqualTo(Cleanup.COMPACT);
    assertThat(admin.describeTopic("t").partitions()).hasSize(5);

    admin.deleteTopic("t");
    assertThat(admin.listTopics()).isEmpty();
  }

  @Test
  void shouldSayWhyATopicIsRefused() {
    admin.createTopic(TopicSpec.of("t"));

    assertCode(() -> admin.createTopic(TopicSpec.of("t")), LeatErrorCode.TOPIC_EXISTS);
    assertCode(() -> admin.validateTopic(TopicSpec.of("a b")), LeatErrorCode.INVALID_TOPIC_NAME);
    assertCode(
        () -> admin.createTopic(TopicSpec.of("x").withReplicas(2)), LeatErrorCode.INVALID_REPLICAS);
    assertCode(() -> admin.deleteTopic("nope"), LeatErrorCode.UNKNOWN_TOPIC);
    assertThatThrownBy(() -> admin.describeTopic("nope"))
        .isInstanceOf(UnknownTopicException.class)
        .hasMessageContaining("nope");
  }

  @Test
  void shouldDescribeTheCluster() {
    ClusterDescription cluster = admin.describeCluster();

    assertThat(cluster.brokers()).hasSize(1);
    assertThat(cluster.brokers().getFirst().status()).isEqualTo(BrokerStatus.UP);
    assertThat(cluster.brokers().getFirst().address()).isEqualTo(broker.address());
    assertThat(cluster.leaderless()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void shouldReadWhatWasSent(Compression compression) {
    admin.createTopic(TopicSpec.of("t").withPartitions(4));
    List<String> sent = Collections.synchronizedList(new ArrayList<>());
    try (Producer producer =
        client.producer(ProducerConfig.builder().compression(compression).build())) {
      for (int i = 0; i < 5_000; i++) {
        String value = "value " + i;
        sent.add(value);
        producer.send(ProducerRecord.of("t", "key " + i % 50, value), SendCallback.NONE);
      }
    }
    Consumer consumer = client.consumer();

    consumer.assign("t", Position.earliest());

    assertThat(read(consumer, 5_000))
        .extracting(ConsumerRecord::valueText)
        .containsExactlyInAnyOrderElementsOf(sent);
  }

  @Test
  void shouldFindOffsets() {
    admin.createTopic(TopicSpec.of("t"));
    try (Producer producer = client.producer()) {
      for (int i = 0; i < 10; i++) {
        producer.send(ProducerRecord.of("t", "x").withTimestamp(1_000 + i)).join();
      }
    }

    assertThat(offset(Position.earliest()).offset()).isZero();
    assertThat(offset(Position.latest()).offset()).isEqualTo(10);
    assertThat(offset(Position.since(Instant.ofEpochMilli(1_004))))
        .isEqualTo(new PartitionOffsets(4, OptionalLong.of(1_004), 0, 10));
    assertThat(offset(Position.since(Instant.ofEpochMilli(5_000))))
        .isEqualTo(new PartitionOffsets(10, OptionalLong.empty(), 0, 10));
  }

  @Test
  void shouldSayThatAnOffsetIsOutOfRange() {
    admin.createTopic(TopicSpec.of("t"));
    Consumer consumer = client.consumer();
    consumer.assign(Map.of(T0, Position.at(77)));

    assertThatThrownBy(() -> consumer.poll(LONG)).isInstanceOf(OffsetOutOfRangeException.class);
    consumer.seek(T0, Position.latest());
    assertThat(consumer.position(T0)).isZero();
  }

  @Test
  void shouldNeitherLoseNorRepeatWhenTheBrokerRestarts() throws Exception {
    admin.createTopic(TopicSpec.of("t"));
    Consumer consumer = client.consumer();
    consumer.assign("t", Position.earliest());
    List<String> sent = new ArrayList<>();
    List<LeatException> failures = Collections.synchronizedList(new ArrayList<>());

    try (Producer producer = client.producer(ProducerConfig.builder().batchBytes(2_000).build())) {
      for (int round = 0; round < 4; round++) {
        for (int i = 0; i < 2_000; i++) {
          String value = round + " " + i;
          sent.add(value);
          producer.send(ProducerRecord.of("t", value), failures::add);
        }
        broker.restart();
      }
    }

    assertThat(failures).isEmpty();
    assertThat(read(consumer, sent.size())).extracting(ConsumerRecord::valueText).isEqualTo(sent);
  }

  @Test
  void shouldContinueItsOffsetsAfterARestart() throws Exception {
    admin.createTopic(TopicSpec.of("t"));
    try (Producer producer = client.producer()) {
      producer.send(ProducerRecord.of("t", "a")).join();
      broker.restart();

      RecordMetadata second = producer.send(ProducerRecord.of("t", "b")).join();

      assertThat(second.offset()).isEqualTo(1);
    }
  }

  @Test
  void shouldSayThatNoBrokerAnswers() {
    ClientConfig config = ClientConfig.of("127.0.0.1:1").withConnectTimeout(Duration.ofMillis(200));

    assertThatThrownBy(() -> LeatClient.connect(config))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("none of 127.0.0.1:1 answers");
  }

  private PartitionOffsets offset(Position position) {
    return admin.listOffsets(Map.of(T0, position)).get(T0);
  }

  private static void assertCode(Runnable action, LeatErrorCode code) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(LeatException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private static List<ConsumerRecord> read(Consumer consumer, int count) {
    List<ConsumerRecord> records = new ArrayList<>();
    while (records.size() < count) {
      List<ConsumerRecord> polled = consumer.poll(LONG);
      assertThat(polled).as("records within 20 s, after %d", records.size()).isNotEmpty();
      records.addAll(polled);
    }
    return records;
  }
}
