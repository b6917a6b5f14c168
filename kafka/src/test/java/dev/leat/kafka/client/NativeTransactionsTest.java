package dev.leat.kafka.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.client.Consumer;
import dev.leat.client.ConsumerConfig;
import dev.leat.client.ConsumerRecord;
import dev.leat.client.GroupConfig;
import dev.leat.client.GroupConsumer;
import dev.leat.client.Isolation;
import dev.leat.client.LeatClient;
import dev.leat.client.Position;
import dev.leat.client.ProducerRecord;
import dev.leat.client.SendCallback;
import dev.leat.client.TopicPartition;
import dev.leat.client.TransactionConfig;
import dev.leat.client.TransactionalProducer;
import dev.leat.client.admin.GroupProgress;
import dev.leat.client.admin.TopicSpec;
import dev.leat.client.error.LeatErrorCode;
import dev.leat.client.error.LeatException;
import dev.leat.client.error.ProducerFencedException;
import dev.leat.client.error.RecordTooLargeException;
import dev.leat.kafka.RunningBroker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Exactly once, by Leat's own client; readers of Kafka's protocol see the same. */
@Timeout(120)
class NativeTransactionsTest {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final int DEADLINE_S = 40;
  private static final int PARTITIONS = 3;

  @TempDir private Path directory;
  private RunningBroker broker;
  private LeatClient client;

  @BeforeEach
  void start() throws Exception {
    broker = new RunningBroker(directory);
    client = connect();
    client.admin().createTopic(TopicSpec.of("orders").withPartitions(PARTITIONS));
    client.admin().createTopic(TopicSpec.of("bills").withPartitions(PARTITIONS));
  }

  @AfterEach
  void stop() {
    client.close();
    broker.close();
  }

  private LeatClient connect() {
    return LeatClient.connect("127.0.0.1:" + broker.grpcPort());
  }

  private static ProducerRecord record(String topic, int partition, String value) {
    return ProducerRecord.of(topic, value.getBytes(StandardCharsets.UTF_8))
        .withPartition(partition);
  }

  /** Sends to each partition in turn. */
  private static void send(TransactionalProducer producer, String topic, String... values) {
    for (int i = 0; i < values.length; i++) {
      producer.send(record(topic, i % PARTITIONS, values[i]), SendCallback.NONE);
    }
  }

  private static void await(String what, BooleanSupplier condition) {
    long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_S);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("deadline for: %s", what).isLessThan(endNanos);
      Thread.onSpinWait();
    }
  }

  /** What is decided is carried out everywhere. */
  private void awaitStable(String topic) {
    await("the end of transactions", () -> ends(topic, true).equals(ends(topic, false)));
  }

  private Map<TopicPartition, Long> ends(String topic, boolean committed) {
    Map<TopicPartition, Position> latest = new HashMap<>();
    for (int p = 0; p < PARTITIONS; p++) {
      latest.put(new TopicPartition(topic, p), Position.latest());
    }
    Map<TopicPartition, Long> ends = new HashMap<>();
    client
        .admin()
        .listOffsets(latest)
        .forEach((p, found) -> ends.put(p, committed ? found.offset() : found.highWatermark()));
    return ends;
  }

  private List<String> read(String topic, Isolation isolation) {
    List<String> values = new ArrayList<>();
    try (Consumer consumer = client.consumer(ConsumerConfig.DEFAULT.withIsolation(isolation))) {
      consumer.assign(topic, Position.earliest());
      Map<TopicPartition, Long> ends = ends(topic, isolation == Isolation.READ_COMMITTED);
      await(
          "reading " + topic,
          () -> {
            consumer.poll(POLL).forEach(record -> values.add(text(record)));
            return ends.entrySet().stream()
                .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
          });
    }
    return values;
  }

  private static String text(ConsumerRecord record) {
    return new String(Objects.requireNonNull(record.value()), StandardCharsets.UTF_8);
  }

  private List<String> readByKafka(String topic, String isolation) {
    List<org.apache.kafka.common.TopicPartition> partitions =
        IntStream.range(0, PARTITIONS)
            .mapToObj(p -> new org.apache.kafka.common.TopicPartition(topic, p))
            .toList();
    List<String> values = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", broker.bootstrap(), "isolation.level", isolation),
            new StringDeserializer(),
            new StringDeserializer())) {
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<org.apache.kafka.common.TopicPartition, Long> ends = consumer.endOffsets(partitions);
      await(
          "Kafka reading " + topic,
          () -> {
            consumer.poll(POLL).forEach(record -> values.add(record.value()));
            return partitions.stream().allMatch(p -> consumer.position(p) >= ends.get(p));
          });
    }
    return values;
  }

  @Test
  void shouldShowReadersOfBothProtocolsWhatIsCommittedAndNothingElse() {
    try (TransactionalProducer producer = client.transactionalProducer("shop");
        TransactionalProducer other = client.transactionalProducer("other")) {
      producer.begin();
      send(producer, "orders", "a", "b", "c", "d");
      producer.commit();
      producer.begin();
      send(producer, "orders", "aborted 1", "aborted 2");
      other.begin();
      send(other, "orders", "e");
      producer.flush();
      producer.abort();
      other.commit();
      producer.begin();
      send(producer, "orders", "f");
      producer.commit();
      awaitStable("orders");
      other.begin();
      send(other, "orders", "open");
      other.flush();

      String[] committed = {"a", "b", "c", "d", "e", "f"};
      assertThat(read("orders", Isolation.READ_COMMITTED)).containsExactlyInAnyOrder(committed);
      assertThat(readByKafka("orders", "read_committed")).containsExactlyInAnyOrder(committed);
      String[] all = {"a", "b", "c", "d", "aborted 1", "aborted 2", "e", "f", "open"};
      assertThat(read("orders", Isolation.READ_UNCOMMITTED)).containsExactlyInAnyOrder(all);
      assertThat(readByKafka("orders", "read_uncommitted")).containsExactlyInAnyOrder(all);
    }
  }

  @Test
  void shouldKeepTheOrderOfManyTransactions() {
    List<String> expected = new ArrayList<>();
    try (TransactionalProducer producer = client.transactionalProducer("shop")) {
      for (int i = 0; i < 200; i++) {
        producer.begin();
        for (int n = 0; n < 3; n++) {
          producer.send(record("orders", 0, i + "/" + n), SendCallback.NONE);
        }
        if (i % 4 == 3) {
          producer.abort();
        } else {
          producer.commit();
          expected.addAll(List.of(i + "/0", i + "/1", i + "/2"));
        }
      }
    }
    awaitStable("orders");

    assertThat(read("orders", Isolation.READ_COMMITTED)).isEqualTo(expected);
    assertThat(readByKafka("orders", "read_committed")).isEqualTo(expected);
  }

  @Test
  void shouldSendLargeTransactionsThroughManyBatches() {
    byte[] value = new byte[10_000];
    try (TransactionalProducer producer = client.transactionalProducer("large")) {
      producer.begin();
      for (int i = 0; i < 2_000; i++) {
        producer.send(ProducerRecord.of("orders", value).withPartition(i % 2), SendCallback.NONE);
      }
      producer.commit();
    }
    awaitStable("orders");

    assertThat(read("orders", Isolation.READ_COMMITTED)).hasSize(2_000);
  }

  @Test
  void shouldFenceAProducerWhoseIdAnotherUses() {
    try (TransactionalProducer zombie = client.transactionalProducer("shop")) {
      zombie.begin();
      send(zombie, "orders", "of the zombie");
      zombie.flush();

      try (TransactionalProducer successor = client.transactionalProducer("shop")) {
        successor.begin();
        send(successor, "orders", "of its successor");
        successor.commit();
        send(zombie, "orders", "too late");

        assertThatThrownBy(zombie::commit).isInstanceOf(ProducerFencedException.class);
        assertThatThrownBy(zombie::abort).isInstanceOf(ProducerFencedException.class);
        assertThatThrownBy(zombie::begin).isInstanceOf(ProducerFencedException.class);
      }
    }
    awaitStable("orders");

    assertThat(read("orders", Isolation.READ_COMMITTED)).containsExactly("of its successor");
  }

  @Test
  void shouldAbortWhatIsLeftOpenForTooLong() {
    TransactionConfig config = TransactionConfig.of("shop").withTimeout(Duration.ofSeconds(1));
    try (TransactionalProducer producer = client.transactionalProducer(config)) {
      producer.begin();
      send(producer, "orders", "left open");
      producer.flush();
      awaitStable("orders");

      assertThatThrownBy(producer::commit).isInstanceOf(ProducerFencedException.class);
    }

    assertThat(read("orders", Isolation.READ_COMMITTED)).isEmpty();
  }

  @Test
  void shouldAbortWhatCannotBeSentAsAWhole() {
    try (TransactionalProducer producer = client.transactionalProducer("shop")) {
      producer.begin();
      send(producer, "orders", "small");
      producer.send(ProducerRecord.of("orders", new byte[2 << 20]), SendCallback.NONE);

      assertThatThrownBy(producer::commit)
          .isInstanceOfSatisfying(
              LeatException.class,
              e -> assertThat(e.code()).isEqualTo(LeatErrorCode.INVALID_TXN_STATE))
          .hasCauseInstanceOf(RecordTooLargeException.class);
      producer.abort();
      producer.begin();
      send(producer, "orders", "next");
      producer.commit();
    }
    awaitStable("orders");

    assertThat(read("orders", Isolation.READ_COMMITTED)).containsExactly("next");
  }

  @Test
  void shouldRefuseWhatIsOutOfOrder() {
    try (TransactionalProducer producer = client.transactionalProducer("shop")) {
      assertThatThrownBy(() -> producer.send(record("orders", 0, "outside")).join())
          .cause()
          .isInstanceOfSatisfying(
              LeatException.class,
              e -> assertThat(e.code()).isEqualTo(LeatErrorCode.INVALID_TXN_STATE));
      assertThatThrownBy(producer::commit).isInstanceOf(LeatException.class);
      assertThatThrownBy(producer::abort).isInstanceOf(LeatException.class);
      producer.begin();
      assertThatThrownBy(producer::begin).isInstanceOf(LeatException.class);
      producer.commit();
      producer.begin();
      producer.abort();
      try (GroupConsumer member = client.groupConsumer(GroupConfig.of("g", "orders"))) {
        producer.begin();
        assertThatThrownBy(() -> producer.sendOffsets(member)).hasMessageContaining("autoCommit");
      }
    }
  }

  private static GroupConfig billing() {
    return GroupConfig.of("billing", "orders")
        .withStart(Position.earliest())
        .withAutoCommit(Duration.ZERO);
  }

  /** Polls until so many records came. */
  private static List<String> poll(GroupConsumer member, int count) {
    List<String> values = new ArrayList<>();
    await(
        count + " records",
        () -> {
          member.poll(POLL).forEach(record -> values.add(text(record)));
          return values.size() >= count;
        });
    return values;
  }

  @Test
  void shouldCommitOffsetsWithTheRecordsOrNotAtAll() {
    TopicPartition first = new TopicPartition("orders", 0);
    try (TransactionalProducer source = client.transactionalProducer("source");
        TransactionalProducer producer = client.transactionalProducer("billing");
        GroupConsumer member = client.groupConsumer(billing())) {
      source.begin();
      for (int i = 0; i < 5; i++) {
        source.send(record("orders", 0, "order " + i), SendCallback.NONE);
      }
      source.commit();
      assertThat(poll(member, 5)).hasSize(5);
      producer.begin();
      send(producer, "bills", "aborted");
      producer.sendOffsets(member);
      producer.abort();

      assertThat(client.admin().describeGroup("billing").progress()).isEmpty();
      member.rewind();
      assertThat(poll(member, 5))
          .containsExactly("order 0", "order 1", "order 2", "order 3", "order 4");
      producer.begin();
      send(producer, "bills", "bill");
      producer.sendOffsets(member);
      producer.commit();
      awaitStable("bills");

      await(
          "the group's offset",
          () -> client.admin().describeGroup("billing").progress().containsKey(first));
      GroupProgress progress = client.admin().describeGroup("billing").progress().get(first);
      assertThat(progress.offset()).isBetween(5L, 6L);
      member.rewind();
      assertThat(member.poll(POLL)).isEmpty();
    }

    assertThat(read("bills", Isolation.READ_COMMITTED)).containsExactly("bill");
    assertThat(readByKafka("bills", "read_committed")).containsExactly("bill");
  }

  /** One worker after the other takes some records, and is gone in the middle of a transaction. */
  @Test
  void shouldProcessEveryRecordOnceAlthoughWorkersDie() {
    int count = 300;
    try (TransactionalProducer source = client.transactionalProducer("source")) {
      source.begin();
      send(
          source,
          "orders",
          IntStream.range(0, count).mapToObj(String::valueOf).toArray(String[]::new));
      source.commit();
    }
    List<LeatClient> dead = new ArrayList<>();
    int done = 0;
    for (int life = 0; done < count; life++) {
      LeatClient worker = connect();
      TransactionalProducer bills = worker.transactionalProducer("worker");
      GroupConsumer orders =
          worker.groupConsumer(
              billing().withConsumer(ConsumerConfig.DEFAULT.withMaxPollRecords(20)));
      boolean dies = false;
      while (!dies && done < count) {
        List<ConsumerRecord> records = orders.poll(POLL);
        bills.begin();
        for (ConsumerRecord order : records) {
          bills.send(record("bills", order.partition(), text(order)), SendCallback.NONE);
        }
        bills.sendOffsets(orders);
        dies = !records.isEmpty() && life < 5;
        if (dies) {
          bills.flush();
        } else {
          bills.commit();
          done += records.size();
        }
      }
      // As far as the coordinators know: its membership ends, its transaction stays open.
      orders.close();
      dead.add(worker);
    }
    awaitStable("bills");

    String[] expected = IntStream.range(0, count).mapToObj(String::valueOf).toArray(String[]::new);
    assertThat(read("bills", Isolation.READ_COMMITTED)).containsExactlyInAnyOrder(expected);
    assertThat(readByKafka("bills", "read_committed")).containsExactlyInAnyOrder(expected);
    dead.forEach(LeatClient::close);
  }
}
