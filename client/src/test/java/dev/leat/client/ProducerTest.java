package dev.leat.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.batch.Compression;
import dev.leat.api.batch.Murmur2;
import dev.leat.client.error.BufferFullException;
import dev.leat.client.error.LeatErrorCode;
import dev.leat.client.error.LeatException;
import dev.leat.client.error.RecordTooLargeException;
import dev.leat.client.error.TimeoutException;
import dev.leat.client.error.UnknownTopicException;
import dev.leat.client.fake.FakeCluster;
import dev.leat.client.fake.ProduceScript;
import dev.leat.client.fake.ProduceScript.Fate;
import dev.leat.v1.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class ProducerTest {

  private static final ProducerConfig SMALL_BATCHES =
      ProducerConfig.builder().batchBytes(512).deliveryTimeout(Duration.ofSeconds(20)).build();

  private final FakeCluster cluster = new FakeCluster(2);
  private final LeatClient client = LeatClient.connect(cluster.bootstrap());

  @AfterEach
  void close() {
    client.close();
    cluster.close();
  }

  @Test
  void shouldTellWhereARecordIs() {
    cluster.createTopic("t", 3);
    Producer producer = client.producer();

    producer.send(ProducerRecord.of("t", "first").withPartition(2)).join();
    RecordMetadata second =
        producer.send(ProducerRecord.of("t", "x").withPartition(2).withTimestamp(7)).join();

    assertThat(second).isEqualTo(new RecordMetadata("t", 2, 1, 7));
  }

  @ParameterizedTest
  @EnumSource
  void shouldKeepOrderWithinAPartition(Compression compression) {
    cluster.createTopic("t", 1);
    Producer producer =
        client.producer(
            ProducerConfig.builder().batchBytes(2_000).compression(compression).build());

    List<String> sent = send(producer, "t", 5_000);
    producer.flush();

    assertThat(cluster.log("t", 0).values()).isEqualTo(sent);
    assertThat(cluster.log("t", 0).batchCount()).isGreaterThan(10);
  }

  @Test
  void shouldSendKeysWhereKafkaWould() {
    cluster.createTopic("t", 7);
    Producer producer = client.producer();

    for (int i = 0; i < 200; i++) {
      String key = "key " + i;
      RecordMetadata metadata = producer.send(ProducerRecord.of("t", key, "v")).join();

      assertThat(metadata.partition()).isEqualTo(Murmur2.partition(key.getBytes(), 7));
    }
  }

  @Test
  void shouldSpreadRecordsWithoutKeyInFullBatches() {
    cluster.createTopic("t", 4);
    Producer producer = client.producer(ProducerConfig.builder().batchBytes(1_000).build());

    send(producer, "t", 20_000);
    producer.flush();

    for (int p = 0; p < 4; p++) {
      assertThat(cluster.log("t", p).end()).isGreaterThan(2_000);
    }
  }

  @Test
  void shouldSendAgainWhatWasRefusedForAPassingReason() {
    cluster.createTopic("t", 1);
    cluster.script(
        (broker, partition, batch) ->
            batch % 4 == 1 && batch < 40
                ? Fate.refuse(ErrorCode.ERROR_CODE_THROTTLED)
                : Fate.append());
    Producer producer = client.producer(SMALL_BATCHES);

    List<String> sent = send(producer, "t", 1_000);
    producer.flush();

    assertThat(cluster.log("t", 0).values()).isEqualTo(sent);
  }

  @Test
  void shouldNotDuplicateWhenAnswersAreLost() {
    cluster.createTopic("t", 1);
    cluster.script(
        (broker, partition, batch) ->
            batch % 5 == 2 && batch < 30 ? Fate.breakAfter() : Fate.append());
    Producer producer = client.producer(SMALL_BATCHES);

    List<String> sent = send(producer, "t", 1_000);
    producer.flush();

    assertThat(cluster.log("t", 0).values()).isEqualTo(sent);
    assertThat(cluster.log("t", 0).duplicates()).isPositive();
    assertThat(cluster.broker(0).produceStreams()).isGreaterThan(3);
  }

  @Test
  void shouldFollowTheLeader() {
    cluster.createTopic("t", 1);
    Producer producer = client.producer(SMALL_BATCHES);

    List<String> sent = new ArrayList<>();
    for (int round = 0; round < 6; round++) {
      sent.addAll(send(producer, "t", 300));
      if (round % 2 == 0) {
        cluster.moveLeader("t", 0, (round / 2 + 1) % 2);
      } else {
        cluster.moveLeaderSilently("t", 0, (round / 2) % 2);
      }
    }
    producer.flush();

    assertThat(cluster.log("t", 0).values()).isEqualTo(sent);
  }

  @Test
  void shouldSurviveTheDeathOfABroker() {
    cluster.createTopic("t", 2);
    Producer producer = client.producer(SMALL_BATCHES);
    send(producer, "t", 500);

    cluster.kill(0);
    cluster.moveLeader("t", 0, 1);
    List<CompletableFuture<RecordMetadata>> futures =
        IntStream.range(0, 200)
            .mapToObj(i -> producer.send(ProducerRecord.of("t", "x" + i).withPartition(i % 2)))
            .toList();
    producer.flush();

    assertThat(futures).allMatch(future -> !future.isCompletedExceptionally());
  }

  @Test
  void shouldWaitForABrokerThatStartsAgain() {
    FakeCluster single = new FakeCluster(1);
    single.createTopic("t", 1);
    try (LeatClient one = LeatClient.connect(single.bootstrap())) {
      Producer producer = one.producer(SMALL_BATCHES);
      producer.send(ProducerRecord.of("t", "a")).join();

      single.kill(0);
      CompletableFuture<RecordMetadata> future = producer.send(ProducerRecord.of("t", "b"));
      single.restart(0);

      assertThat(future.join().offset()).isEqualTo(1);
    } finally {
      single.close();
    }
  }

  @Test
  void shouldFailAfterTheDeliveryTimeoutAndGoOn() {
    cluster.createTopic("t", 1);
    cluster.script(
        (broker, partition, batch) ->
            batch < 100_000 ? Fate.refuse(ErrorCode.ERROR_CODE_DISK_FULL) : Fate.append());
    Producer producer =
        client.producer(ProducerConfig.builder().deliveryTimeout(Duration.ofMillis(300)).build());

    CompletableFuture<RecordMetadata> lost = producer.send(ProducerRecord.of("t", "lost"));
    assertThatThrownBy(lost::join)
        .hasCauseInstanceOf(TimeoutException.class)
        .hasMessageContaining("not acknowledged within 300 ms")
        .hasMessageContaining("they were not written")
        .hasMessageContaining("DISK_FULL");

    cluster.script(ProduceScript.OBEDIENT);
    assertThat(producer.send(ProducerRecord.of("t", "next")).join().offset()).isZero();
  }

  @Test
  void shouldGiveUpTogetherWhatMayBeInTheLog() {
    cluster.createTopic("t", 1);
    cluster.script((broker, partition, batch) -> Fate.hang());
    ProducerConfig config =
        ProducerConfig.builder().batchBytes(512).deliveryTimeout(Duration.ofMillis(400)).build();
    Producer producer = client.producer(config);

    List<CompletableFuture<RecordMetadata>> futures =
        IntStream.range(0, 100)
            .mapToObj(i -> producer.send(ProducerRecord.of("t", "some value " + i)))
            .toList();

    for (CompletableFuture<RecordMetadata> future : futures) {
      assertThatThrownBy(future::join).hasCauseInstanceOf(TimeoutException.class);
    }
    assertThat(producer.bufferedBytes()).isZero();
  }

  @Test
  void shouldGoOnUnderANewIdAfterALoss() {
    cluster.createTopic("t", 1);
    cluster.script(
        (broker, partition, batch) ->
            batch == 3 ? Fate.refuse(ErrorCode.ERROR_CODE_CORRUPT_BATCH) : Fate.append());
    Producer producer = client.producer(SMALL_BATCHES);
    List<String> acknowledged = new ArrayList<>();
    List<String> failed = new ArrayList<>();

    for (int i = 0; i < 500; i++) {
      String value = "value " + i;
      producer.send(
          ProducerRecord.of("t", value),
          new SendCallback() {
            @Override
            public void onFailed(LeatException error) {
              failed.add(value);
            }

            @Override
            public void onAcknowledged(int partition, long offset) {
              acknowledged.add(value);
            }
          });
    }
    producer.flush();

    assertThat(failed).isNotEmpty();
    assertThat(failed.size() + acknowledged.size()).isEqualTo(500);
    assertThat(cluster.log("t", 0).values()).isEqualTo(acknowledged);
    assertThat(cluster.log("t", 0).producerIds()).isEqualTo(2);
  }

  @Test
  void shouldGoOnWhenThePartitionHasForgottenIt() {
    cluster.createTopic("t", 1);
    Producer producer = client.producer(SMALL_BATCHES);
    List<String> sent = send(producer, "t", 100);
    producer.flush();

    cluster.log("t", 0).forgetProducers();
    sent.addAll(send(producer, "t", 100));
    producer.flush();

    assertThat(cluster.log("t", 0).values()).isEqualTo(sent);
  }

  @Test
  void shouldSlowDownASenderThatIsFasterThanBrokers() {
    cluster.createTopic("t", 1);
    cluster.script((broker, partition, batch) -> Fate.hang());
    Producer producer =
        client.producer(
            ProducerConfig.builder()
                .bufferMemoryBytes(200_000)
                .batchBytes(10_000)
                .maxRequestBytes(20_000)
                .maxBlock(Duration.ofMillis(200))
                .build());

    CompletableFuture<RecordMetadata> refused = null;
    for (int i = 0; i < 30 && (refused == null || !refused.isDone()); i++) {
      refused = producer.send(ProducerRecord.of("t", new byte[9_000]));
      assertThat(producer.bufferedBytes()).isLessThanOrEqualTo(200_000);
    }

    assertThatThrownBy(refused::join)
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(BufferFullException.class)
        .hasMessageContaining("no free buffer memory within 200 ms");
    producer.close(Duration.ZERO);
  }

  @Test
  void shouldRefuseRecordsThatAreTooLarge() {
    cluster.createTopic("t", 1);
    Producer producer = client.producer();

    assertThatThrownBy(() -> producer.send(ProducerRecord.of("t", new byte[1_048_576])).join())
        .hasCauseInstanceOf(RecordTooLargeException.class)
        .hasMessageContaining("over the limit");
    assertThat(producer.send(ProducerRecord.of("t", new byte[1_000_000])).join().offset()).isZero();
  }

  @Test
  void shouldMakeNoBatchThatTheTopicRefuses() {
    cluster.maxMessageBytes(5_000);
    cluster.createTopic("t", 1);
    Producer producer = client.producer();

    List<String> sent = send(producer, "t", 3_000);
    producer.flush();

    assertThat(cluster.log("t", 0).values()).isEqualTo(sent);
    assertThatThrownBy(() -> producer.send(ProducerRecord.of("t", new byte[5_000])).join())
        .hasCauseInstanceOf(RecordTooLargeException.class);
  }

  @Test
  void shouldNameAnUnknownTopicOrPartition() {
    cluster.createTopic("t", 2);
    Producer producer = client.producer();

    assertThatThrownBy(() -> producer.send(ProducerRecord.of("nope", "x")).join())
        .hasCauseInstanceOf(UnknownTopicException.class)
        .hasMessageContaining("'nope' does not exist");
    assertThatThrownBy(() -> producer.send(ProducerRecord.of("t", "x").withPartition(2)).join())
        .hasCauseInstanceOf(UnknownTopicException.class)
        .hasMessageContaining("there is no partition 2");
  }

  @Test
  void shouldTakeTopicsAndPartitionsThatAppearLater() {
    Producer producer = client.producer();
    CompletableFuture<CompletableFuture<RecordMetadata>> sending =
        CompletableFuture.supplyAsync(() -> producer.send(ProducerRecord.of("t", "x")));

    cluster.createTopic("t", 1);
    assertThat(sending.join().join().offset()).isZero();
    cluster.createTopic("t", 2);

    CompletableFuture<RecordMetadata> second;
    do {
      second = producer.send(ProducerRecord.of("t", "y").withPartition(1));
    } while (second.handle((metadata, error) -> error != null).join());
    assertThat(second.join().partition()).isEqualTo(1);
  }

  @Test
  void shouldFailRecordsOfADeletedTopic() {
    cluster.createTopic("t", 1);
    cluster.script((broker, partition, batch) -> Fate.refuse(ErrorCode.ERROR_CODE_THROTTLED));
    Producer producer = client.producer();
    CompletableFuture<RecordMetadata> future = producer.send(ProducerRecord.of("t", "x"));

    cluster.deleteTopic("t");

    assertThatThrownBy(future::join)
        .hasCauseInstanceOf(UnknownTopicException.class)
        .hasMessageContaining("was deleted");
  }

  @Test
  void shouldLingerForMoreRecords() {
    cluster.createTopic("t", 1);
    Producer producer =
        client.producer(ProducerConfig.builder().linger(Duration.ofMillis(300)).build());

    List<CompletableFuture<RecordMetadata>> futures =
        IntStream.range(0, 50).mapToObj(i -> producer.send(ProducerRecord.of("t", "x"))).toList();
    futures.forEach(CompletableFuture::join);

    assertThat(cluster.log("t", 0).batchCount()).isEqualTo(1);
  }

  @Test
  void shouldNotLingerWhenFlushing() {
    cluster.createTopic("t", 1);
    Producer producer =
        client.producer(ProducerConfig.builder().linger(Duration.ofSeconds(60)).build());
    CompletableFuture<RecordMetadata> future = producer.send(ProducerRecord.of("t", "x"));

    producer.flush();

    assertThat(future).isCompleted();
  }

  @Test
  void shouldDeliverEverythingWhenClosed() {
    cluster.createTopic("t", 1);
    Producer producer = client.producer();
    List<String> sent = send(producer, "t", 1_000);

    producer.close();

    assertThat(cluster.log("t", 0).values()).isEqualTo(sent);
    assertThatThrownBy(() -> producer.send(ProducerRecord.of("t", "late")).join())
        .hasMessageContaining("the producer is closed");
    assertThat(producer.bufferedBytes()).isZero();
  }

  @Test
  void shouldSayThatACallbackMustNotWait() {
    cluster.createTopic("t", 1);
    Producer producer = client.producer();

    CompletableFuture<LeatErrorCode> code =
        producer
            .send(ProducerRecord.of("t", "x"))
            .thenApply(
                metadata -> {
                  try {
                    producer.flush();
                    return LeatErrorCode.INTERNAL;
                  } catch (LeatException e) {
                    return e.code();
                  }
                });

    assertThat(code.join()).isIn(LeatErrorCode.INVALID_REQUEST, LeatErrorCode.INTERNAL);
  }

  private static List<String> send(Producer producer, String topic, int count) {
    List<String> sent = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String value = "value " + i;
      sent.add(value);
      producer.send(ProducerRecord.of(topic, value), SendCallback.NONE);
    }
    return sent;
  }
}
