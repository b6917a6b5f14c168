package dev.leat.kafka.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.kafka.RunningBroker;
import dev.leat.kafka.coordinator.TransactionVerifier;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one broker asks of another one, at its Kafka listener. */
class KafkaPeersTest {
  private static final int THERE = 7;
  private static final int NOWHERE = 8;
  private static final int PARTITIONS = 20;
  private static final TopicPartition ORDERS = new TopicPartition("orders", 0);
  private static final TopicPartition GONE = new TopicPartition("gone", 0);

  @TempDir private Path directory;
  private RunningBroker broker;
  private KafkaPeers peers;

  @BeforeEach
  void start() throws Exception {
    broker = new RunningBroker(directory);
    peers = new KafkaPeers(id -> id == THERE ? new Node(THERE, "127.0.0.1", broker.port()) : null);
    try (Admin admin = broker.admin()) {
      admin.createTopics(List.of(new NewTopic("orders", PARTITIONS, (short) 1))).all().get();
    }
  }

  @AfterEach
  void stop() {
    peers.close();
    broker.close();
  }

  private static <T> T await(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  @Test
  void shouldWriteMarkersThere() {
    Marker marker = new Marker(5, (short) 1, true, 3, (short) 2);

    assertThat(await(peers.writeMarkers(THERE, Set.of(ORDERS, GONE), marker)))
        .isEqualTo(Map.of(ORDERS, Errors.NONE, GONE, Errors.UNKNOWN_TOPIC_OR_PARTITION));
    assertThat(
            await(
                peers.writeMarkers(
                    THERE, Set.of(ORDERS), new Marker(5, (short) 1, true, 2, (short) 2))))
        .isEqualTo(Map.of(ORDERS, Errors.TRANSACTION_COORDINATOR_FENCED));
  }

  @Test
  void shouldAskTheCoordinatorThere() throws Exception {
    TransactionVerifier.Producer producer = begin();

    assertThat(await(peers.verify(THERE, producer, ORDERS, false)))
        .isEqualTo(Errors.TRANSACTION_ABORTABLE);
    assertThat(await(peers.verify(THERE, producer, ORDERS, true))).isEqualTo(Errors.NONE);
    assertThat(await(peers.verify(THERE, producer, ORDERS, false))).isEqualTo(Errors.NONE);
  }

  @Test
  void shouldAskTogetherWhatWaits() throws Exception {
    TransactionVerifier.Producer producer = begin();
    TransactionVerifier.Producer zombie =
        new TransactionVerifier.Producer("shop", producer.producerId(), (short) 9);
    TransactionVerifier.Producer stranger =
        new TransactionVerifier.Producer("nobody", 5, (short) 0);

    List<CompletionStage<Errors>> added =
        IntStream.range(0, PARTITIONS)
            .mapToObj(i -> peers.verify(THERE, producer, new TopicPartition("orders", i), true))
            .toList();
    CompletionStage<Errors> fenced = peers.verify(THERE, zombie, ORDERS, true);
    CompletionStage<Errors> unknown = peers.verify(THERE, stranger, ORDERS, true);
    CompletionStage<Errors> looked = peers.verify(THERE, producer, ORDERS, false);

    assertThat(added).allSatisfy(each -> assertThat(await(each)).isEqualTo(Errors.NONE));
    assertThat(await(fenced)).isEqualTo(Errors.PRODUCER_FENCED);
    assertThat(await(unknown)).isEqualTo(Errors.INVALID_PRODUCER_ID_MAPPING);
    assertThat(await(looked)).isIn(Errors.NONE, Errors.TRANSACTION_ABORTABLE);
    assertThat(await(peers.verify(THERE, producer, ORDERS, false))).isEqualTo(Errors.NONE);
  }

  @Test
  void shouldNotRefuseForGoodWhatWaitsWithSomethingUnknown() throws Exception {
    TransactionVerifier.Producer producer = begin();

    CompletionStage<Errors> first = peers.verify(THERE, producer, ORDERS, true);
    CompletionStage<Errors> gone = peers.verify(THERE, producer, GONE, true);
    CompletionStage<Errors> beside =
        peers.verify(THERE, producer, new TopicPartition("orders", 1), true);

    assertThat(await(first)).isEqualTo(Errors.NONE);
    assertThat(await(gone)).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    assertThat(await(beside)).isIn(Errors.NONE, Errors.COORDINATOR_NOT_AVAILABLE);
  }

  @Test
  void shouldWriteTheMarkersOfManyTransactionsTogether() {
    List<CompletionStage<Map<TopicPartition, Errors>>> written =
        LongStream.range(0, 50)
            .mapToObj(
                id ->
                    peers.writeMarkers(
                        THERE, Set.of(ORDERS), new Marker(id, (short) 1, true, 3, (short) 2)))
            .toList();

    assertThat(written)
        .allSatisfy(each -> assertThat(await(each)).isEqualTo(Map.of(ORDERS, Errors.NONE)));
  }

  /** The identity of a producer that has begun as Kafka's client. */
  private TransactionVerifier.Producer begin() throws Exception {
    try (KafkaProducer<String, String> producer =
            new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrap(), "transactional.id", "shop"),
                new StringSerializer(),
                new StringSerializer());
        Admin admin = broker.admin()) {
      producer.initTransactions();
      TransactionListing listing = admin.listTransactions().all().get().iterator().next();
      return new TransactionVerifier.Producer("shop", listing.producerId(), (short) 0);
    }
  }

  @Test
  void shouldSayThatAPeerIsNotReached() {
    Marker marker = new Marker(5, (short) 1, true, 3, (short) 2);

    assertThat(await(peers.writeMarkers(NOWHERE, Set.of(ORDERS), marker)))
        .isEqualTo(Map.of(ORDERS, Errors.NETWORK_EXCEPTION));
    assertThat(
            await(
                peers.verify(
                    NOWHERE, new TransactionVerifier.Producer("shop", 5, (short) 0), ORDERS, true)))
        .isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
  }
}
