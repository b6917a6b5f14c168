package dev.leat.kafka.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.kafka.RunningBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Exactly once, by Kafka's own clients. */
@Timeout(120)
class TransactionsTest {
  private static final TopicPartition ORDERS = new TopicPartition("orders", 0);
  private static final TopicPartition BILLS = new TopicPartition("bills", 0);

  @TempDir private Path directory;
  private RunningBroker broker;
  private Admin admin;

  @BeforeEach
  void start() throws Exception {
    broker = new RunningBroker(directory);
    admin = broker.admin();
    admin
        .createTopics(
            List.of(new NewTopic("orders", 1, (short) 1), new NewTopic("bills", 1, (short) 1)))
        .all()
        .get();
  }

  @AfterEach
  void stop() {
    admin.close();
    broker.close();
  }

  private KafkaProducer<String, String> producer(String id) {
    return producer(id, 60_000);
  }

  private KafkaProducer<String, String> producer(String id, int timeoutMs) {
    KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                broker.bootstrap(),
                "transactional.id",
                id,
                "transaction.timeout.ms",
                timeoutMs,
                "max.block.ms",
                30_000),
            new StringSerializer(),
            new StringSerializer());
    producer.initTransactions();
    return producer;
  }

  private KafkaConsumer<String, String> consumer(String isolation) {
    return new KafkaConsumer<>(
        Map.of(
            "bootstrap.servers", broker.bootstrap(),
            "isolation.level", isolation,
            "group.id", "copier",
            "auto.offset.reset", "earliest",
            "enable.auto.commit", "false"),
        new StringDeserializer(),
        new StringDeserializer());
  }

  /** Values up to the end that a consumer of this isolation sees now. */
  private List<String> read(TopicPartition partition, String isolation) {
    List<String> values = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer = consumer(isolation)) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      while (consumer.position(partition) < end) {
        for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
          values.add(record.value());
        }
      }
    }
    return values;
  }

  private void awaitStable(TopicPartition partition) throws Exception {
    while (end(partition, "read_committed") < end(partition, "read_uncommitted")) {
      Thread.onSpinWait();
    }
  }

  private long end(TopicPartition partition, String isolation) {
    try (KafkaConsumer<String, String> consumer = consumer(isolation)) {
      return consumer.endOffsets(List.of(partition)).get(partition);
    }
  }

  private static void send(KafkaProducer<String, String> producer, String... values)
      throws Exception {
    for (String value : values) {
      producer.send(new ProducerRecord<>("orders", 0, null, value)).get();
    }
  }

  /** Sends each few records in a request of their own, and five requests at a time. */
  private KafkaProducer<String, String> hastyProducer() {
    KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                broker.bootstrap(),
                "transactional.id",
                "hasty",
                "linger.ms",
                0,
                "batch.size",
                100),
            new StringSerializer(),
            new StringSerializer());
    producer.initTransactions();
    return producer;
  }

  /** The first records of a transaction wait for the end of the last one, those behind them too. */
  @Test
  void shouldKeepTheOrderOfRequestsThatFollowEachOther() {
    List<String> sent = new ArrayList<>();

    try (KafkaProducer<String, String> producer = hastyProducer()) {
      for (int transaction = 0; transaction < 60; transaction++) {
        producer.beginTransaction();
        for (int i = 0; i < 50; i++) {
          String value = transaction + " " + i;
          producer.send(new ProducerRecord<>("orders", 0, null, value));
          sent.add(value);
        }
        producer.commitTransaction();
      }
    }

    assertThat(read(ORDERS, "read_committed")).isEqualTo(sent);
  }

  @Test
  void shouldShowWhatIsCommittedAndNothingElse() throws Exception {
    try (KafkaProducer<String, String> producer = producer("shop");
        KafkaProducer<String, String> other = producer("other")) {
      producer.beginTransaction();
      send(producer, "a", "b");
      producer.commitTransaction();
      producer.beginTransaction();
      send(producer, "aborted 1");
      other.beginTransaction();
      send(other, "c");
      send(producer, "aborted 2");
      producer.abortTransaction();
      other.commitTransaction();
      producer.beginTransaction();
      send(producer, "d");
      producer.commitTransaction();
      awaitStable(ORDERS);
      producer.beginTransaction();
      send(producer, "open");
      producer.flush();

      assertThat(read(ORDERS, "read_committed")).containsExactly("a", "b", "c", "d");
      assertThat(read(ORDERS, "read_uncommitted"))
          .containsExactly("a", "b", "aborted 1", "c", "aborted 2", "d", "open");
    }
  }

  @Test
  void shouldCommitManyTransactionsOneAfterTheOther() throws Exception {
    List<String> expected = new ArrayList<>();
    try (KafkaProducer<String, String> producer = producer("shop")) {
      for (int i = 0; i < 200; i++) {
        producer.beginTransaction();
        for (int record = 0; record < 3; record++) {
          producer.send(new ProducerRecord<>("orders", 0, null, i + "/" + record));
        }
        if (i % 4 == 3) {
          producer.abortTransaction();
        } else {
          producer.commitTransaction();
          expected.addAll(List.of(i + "/0", i + "/1", i + "/2"));
        }
      }
    }
    awaitStable(ORDERS);

    assertThat(read(ORDERS, "read_committed")).isEqualTo(expected);
  }

  @Test
  void shouldCommitOffsetsWithTheRecordsOrNotAtAll() throws Exception {
    ConsumerGroupMetadata group = new ConsumerGroupMetadata("copier");
    try (KafkaProducer<String, String> producer = producer("copier")) {
      producer.beginTransaction();
      producer.send(new ProducerRecord<>("bills", 0, null, "aborted"));
      producer.sendOffsetsToTransaction(Map.of(ORDERS, new OffsetAndMetadata(5)), group);
      producer.abortTransaction();
      awaitStable(BILLS);
      assertThat(committed()).isEmpty();

      producer.beginTransaction();
      producer.send(new ProducerRecord<>("bills", 0, null, "bill"));
      producer.sendOffsetsToTransaction(Map.of(ORDERS, new OffsetAndMetadata(7)), group);
      producer.commitTransaction();
    }
    awaitStable(BILLS);

    assertThat(read(BILLS, "read_committed")).containsExactly("bill");
    assertThat(committed().get(ORDERS).offset()).isEqualTo(7);
  }

  private Map<TopicPartition, OffsetAndMetadata> committed() {
    try (KafkaConsumer<String, String> consumer = consumer("read_committed")) {
      Map<TopicPartition, OffsetAndMetadata> found =
          new java.util.HashMap<>(consumer.committed(Set.of(ORDERS)));
      found.values().removeIf(java.util.Objects::isNull);
      return found;
    }
  }

  @Test
  void shouldFenceAProducerWhoseIdAnotherUses() throws Exception {
    try (KafkaProducer<String, String> zombie = producer("shop")) {
      zombie.beginTransaction();
      send(zombie, "of the zombie");

      try (KafkaProducer<String, String> successor = producer("shop")) {
        successor.beginTransaction();
        send(successor, "of its successor");
        successor.commitTransaction();

        assertThatThrownBy(
                () -> {
                  send(zombie, "too late");
                  zombie.commitTransaction();
                })
            .satisfiesAnyOf(
                failure -> assertThat(failure).isInstanceOf(ProducerFencedException.class),
                failure -> assertThat(failure).isInstanceOf(KafkaException.class),
                failure -> assertThat(failure).isInstanceOf(ExecutionException.class));
      }
    }
    awaitStable(ORDERS);

    assertThat(read(ORDERS, "read_committed")).containsExactly("of its successor");
  }

  @Test
  void shouldAbortWhatAProducerLeavesOpen() throws Exception {
    try (KafkaProducer<String, String> producer = producer("shop", 1_000)) {
      producer.beginTransaction();
      send(producer, "left open");

      awaitStable(ORDERS);

      assertThat(read(ORDERS, "read_committed")).isEmpty();
      assertThatThrownBy(producer::commitTransaction).isInstanceOf(KafkaException.class);
    }
  }

  @Test
  void shouldGoOnAfterARestart() throws Exception {
    int port = broker.port();
    try (KafkaProducer<String, String> producer = producer("shop")) {
      producer.beginTransaction();
      send(producer, "before");

      broker.close();
      broker = new RunningBroker(directory, dev.leat.broker.server.KafkaConfig.onPort(port));
      send(producer, "after");
      producer.commitTransaction();
      awaitStable(ORDERS);

      assertThat(read(ORDERS, "read_committed")).containsExactly("before", "after");
    }
  }

  @Test
  void shouldAbortAfterARestartWithoutBeingAsked() throws Exception {
    KafkaProducer<String, String> producer = producer("shop", 1_000);
    producer.beginTransaction();
    send(producer, "left open");
    broker.close();
    producer.close(Duration.ZERO);

    broker = new RunningBroker(directory);
    awaitStable(ORDERS);

    assertThat(read(ORDERS, "read_committed")).isEmpty();
    assertThat(read(ORDERS, "read_uncommitted")).containsExactly("left open");
  }

  @Test
  void shouldAnswerWhatToolsAsk() throws Exception {
    try (KafkaProducer<String, String> producer = producer("shop")) {
      producer.beginTransaction();
      send(producer, "open");

      TransactionListing listing = admin.listTransactions().all().get().iterator().next();
      assertThat(listing.transactionalId()).isEqualTo("shop");
      assertThat(listing.state()).isEqualTo(TransactionState.ONGOING);
      assertThat(
              admin
                  .describeTransactions(List.of("shop"))
                  .description("shop")
                  .get()
                  .topicPartitions())
          .containsExactly(ORDERS);
      ProducerState state =
          admin
              .describeProducers(List.of(ORDERS))
              .partitionResult(ORDERS)
              .get()
              .activeProducers()
              .getFirst();
      assertThat(state.producerId()).isEqualTo(listing.producerId());
      assertThat(state.currentTransactionStartOffset()).hasValue(0);

      admin
          .abortTransaction(
              new AbortTransactionSpec(
                  ORDERS, state.producerId(), (short) state.producerEpoch(), 100))
          .all()
          .get();

      assertThat(
              admin
                  .listOffsets(Map.of(ORDERS, OffsetSpec.latest()))
                  .all()
                  .get()
                  .get(ORDERS)
                  .offset())
          .isEqualTo(2);
      assertThat(end(ORDERS, "read_committed")).isEqualTo(2);
    }
  }

  @Test
  void shouldFenceProducersByAdmin() throws Exception {
    try (KafkaProducer<String, String> producer = producer("shop")) {
      producer.beginTransaction();
      send(producer, "open");

      admin.fenceProducers(List.of("shop")).all().get();

      assertThatThrownBy(producer::commitTransaction).isInstanceOf(KafkaException.class);
    }
    awaitStable(ORDERS);
    assertThat(read(ORDERS, "read_committed")).isEmpty();
  }
}
