package dev.leat.kafka.records.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.broker.runtime.view.MetadataFeed;
import dev.leat.kafka.RawClient;
import dev.leat.kafka.RunningCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** KIP-392: consumers read in their own zone. */
@Timeout(180)
class FollowerFetchTest {
  private static final TopicPartition STREAM = new TopicPartition("stream", 0);
  private static final int VALUE_BYTES = 1_000;
  private static final int DEADLINE_S = 60;

  @TempDir private Path directory;
  private RunningCluster cluster;

  @BeforeEach
  void start() throws Exception {
    cluster = new RunningCluster(directory, 3, (id, usual) -> usual.withZone("zone-" + id));
    try (Admin admin = cluster.admin()) {
      admin
          .createTopics(List.of(new NewTopic("stream", Optional.of(1), Optional.of((short) 3))))
          .all()
          .get(DEADLINE_S, TimeUnit.SECONDS);
    }
    for (int id = 0; id < 3; id++) {
      MetadataFeed metadata = cluster.broker(id).api().metadata();
      RunningCluster.await("nobody lags", () -> metadata.current().lagging() == 0);
    }
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  private int leader() throws Exception {
    try (Admin admin = cluster.admin()) {
      return admin
          .describeTopics(List.of("stream"))
          .allTopicNames()
          .get(DEADLINE_S, TimeUnit.SECONDS)
          .get("stream")
          .partitions()
          .getFirst()
          .leader()
          .id();
    }
  }

  private KafkaProducer<String, String> producer(Map<String, Object> more) {
    Map<String, Object> config = new HashMap<>(more);
    config.put("bootstrap.servers", cluster.bootstrap());
    return new KafkaProducer<>(config, new StringSerializer(), new StringSerializer());
  }

  private static void send(KafkaProducer<String, String> producer, int from, int to)
      throws Exception {
    List<Future<?>> sent = new ArrayList<>();
    for (int i = from; i < to; i++) {
      sent.add(producer.send(new ProducerRecord<>("stream", i + "!".repeat(VALUE_BYTES))));
    }
    for (Future<?> each : sent) {
      each.get(DEADLINE_S, TimeUnit.SECONDS);
    }
  }

  private KafkaConsumer<String, String> consumer(String rack) {
    Map<String, Object> config =
        Map.of(
            "bootstrap.servers",
            cluster.bootstrap(),
            "client.rack",
            rack,
            "isolation.level",
            "read_committed",
            "auto.offset.reset",
            "earliest");
    KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer());
    consumer.assign(List.of(STREAM));
    return consumer;
  }

  private static List<Integer> read(KafkaConsumer<String, String> consumer, int count) {
    List<Integer> read = new ArrayList<>();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_S);
    while (read.size() < count && System.nanoTime() < deadline) {
      consumer
          .poll(Duration.ofMillis(100))
          .forEach(record -> read.add(Integer.parseInt(record.value().replace("!", ""))));
    }
    return read;
  }

  private static List<Integer> range(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }

  @Test
  void shouldServeConsumersFromTheReplicaInTheirZone() throws Exception {
    int leader = leader();
    int follower = (leader + 1) % 3;
    try (KafkaProducer<String, String> producer = producer(Map.of());
        KafkaConsumer<String, String> consumer = consumer("zone-" + follower)) {
      send(producer, 0, 1_000);

      assertThat(read(consumer, 1_000)).isEqualTo(range(0, 1_000));
      // What comes while it waits at the follower.
      for (int i = 1_000; i < 1_020; i++) {
        send(producer, i, i + 1);
        assertThat(read(consumer, 1)).containsExactly(i);
      }

      double bytes = 1_000.0 * VALUE_BYTES;
      assertThat(cluster.metric(follower, "leat_fetch_follower_bytes_total")).isGreaterThan(bytes);
      assertThat(cluster.metric(leader, "leat_fetch_bytes_total")).isZero();
      assertThat(cluster.metric((leader + 2) % 3, "leat_fetch_bytes_total")).isZero();
    }
  }

  @Test
  void shouldGoOnAtTheLeaderWhenTheFollowerDies() throws Exception {
    int leader = leader();
    int follower = (leader + 1) % 3;
    try (KafkaProducer<String, String> producer = producer(Map.of());
        KafkaConsumer<String, String> consumer = consumer("zone-" + follower)) {
      send(producer, 0, 100);
      assertThat(read(consumer, 100)).isEqualTo(range(0, 100));

      cluster.stop(follower);
      send(producer, 100, 200);

      assertThat(read(consumer, 100)).isEqualTo(range(100, 200));
      assertThat(cluster.metric(leader, "leat_fetch_bytes_total")).isPositive();
    }
  }

  @Test
  void shouldShowNothingOfAbortedTransactionsAtAFollower() throws Exception {
    int follower = (leader() + 1) % 3;
    try (KafkaProducer<String, String> producer = producer(Map.of("transactional.id", "t"));
        KafkaConsumer<String, String> consumer = consumer("zone-" + follower)) {
      producer.initTransactions();
      producer.beginTransaction();
      send(producer, 0, 10);
      producer.abortTransaction();
      producer.beginTransaction();
      send(producer, 10, 20);
      producer.commitTransaction();

      assertThat(read(consumer, 10)).isEqualTo(range(10, 20));
      assertThat(cluster.metric(follower, "leat_fetch_follower_bytes_total")).isPositive();
    }
  }

  @Test
  void shouldReadFromTheLeaderWhereNoReplicaIsInTheRack() throws Exception {
    int leader = leader();
    try (KafkaProducer<String, String> producer = producer(Map.of());
        KafkaConsumer<String, String> elsewhere = consumer("zone-9");
        KafkaConsumer<String, String> beside = consumer("zone-" + leader)) {
      send(producer, 0, 10);

      assertThat(read(elsewhere, 10)).isEqualTo(range(0, 10));
      assertThat(read(beside, 10)).isEqualTo(range(0, 10));
      for (int id = 0; id < 3; id++) {
        assertThat(cluster.metric(id, "leat_fetch_follower_bytes_total")).isZero();
      }
    }
  }

  @Test
  void shouldSayInMetadataInWhichZoneBrokersAre() throws Exception {
    try (Admin admin = cluster.admin()) {
      for (Node node : admin.describeCluster().nodes().get(DEADLINE_S, TimeUnit.SECONDS)) {
        assertThat(node.rack()).isEqualTo("zone-" + node.id());
      }
    }
  }

  @Test
  void shouldAnswerAtAFollowerAsKafkaDoes() throws Exception {
    int follower = (leader() + 1) % 3;
    try (KafkaProducer<String, String> producer = producer(Map.of());
        RawClient client = new RawClient(cluster.broker(follower).kafkaPort())) {
      send(producer, 0, 10);

      assertThat(fetch(client, 10, 0).errorCode()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER.code());
      assertThat(fetch(client, 12, 0).errorCode()).isEqualTo(Errors.NONE.code());
      assertThat(fetch(client, 12, 99).errorCode()).isEqualTo(Errors.OFFSET_OUT_OF_RANGE.code());
      assertThat(fetch(client, 12, -1).errorCode()).isEqualTo(Errors.OFFSET_OUT_OF_RANGE.code());
    }
  }

  private static PartitionData fetch(RawClient client, int version, long offset)
      throws IOException {
    FetchRequestData.FetchTopic topic = new FetchRequestData.FetchTopic().setTopic("stream");
    topic
        .partitions()
        .add(
            new FetchRequestData.FetchPartition()
                .setPartition(0)
                .setFetchOffset(offset)
                .setPartitionMaxBytes(1 << 20));
    FetchRequestData request =
        new FetchRequestData().setMaxWaitMs(200).setMinBytes(1).setMaxBytes(1 << 20);
    request.topics().add(topic);
    FetchResponse response = (FetchResponse) client.ask(ApiKeys.FETCH, version, request);
    return response.data().responses().getFirst().partitions().getFirst();
  }
}
