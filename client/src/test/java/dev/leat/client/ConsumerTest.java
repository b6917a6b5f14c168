package dev.leat.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.api.batch.Compression;
import dev.leat.api.batch.RecordHeader;
import dev.leat.api.batch.RecordReader;
import dev.leat.client.error.ClosedException;
import dev.leat.client.error.CorruptDataException;
import dev.leat.client.error.LeatException;
import dev.leat.client.error.OffsetOutOfRangeException;
import dev.leat.client.error.UnknownTopicException;
import dev.leat.client.fake.FakeCluster;
import dev.leat.client.fake.FakeFetch;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class ConsumerTest {

  private static final Duration LONG = Duration.ofSeconds(10);
  private static final Duration SHORT = Duration.ofMillis(100);
  private static final TopicPartition T0 = new TopicPartition("t", 0);

  private final FakeCluster cluster = new FakeCluster(2);
  private final LeatClient client = LeatClient.connect(cluster.bootstrap());

  @AfterEach
  void close() {
    client.close();
    cluster.close();
  }

  @ParameterizedTest
  @EnumSource
  void shouldReadWhatWasSent(Compression compression) {
    cluster.createTopic("t", 1);
    try (Producer producer =
        client.producer(
            ProducerConfig.builder().batchBytes(2_000).compression(compression).build())) {
      for (int i = 0; i < 1_000; i++) {
        producer.send(
            ProducerRecord.of("t", "key " + i % 7, "value " + i)
                .withTimestamp(1_000 + i)
                .withHeaders(List.of(new RecordHeader("n", new byte[] {(byte) i}))),
            SendCallback.NONE);
      }
    }
    Consumer consumer = client.consumer();

    consumer.assign("t", Position.earliest());
    List<ConsumerRecord> records = read(consumer, 1_000);

    for (int i = 0; i < 1_000; i++) {
      ConsumerRecord record = records.get(i);
      assertThat(record.offset()).isEqualTo(i);
      assertThat(record.timestamp()).isEqualTo(1_000 + i);
      assertThat(record.keyText()).isEqualTo("key " + i % 7);
      assertThat(record.valueText()).isEqualTo("value " + i);
      assertThat(record.headers().getFirst().value()).containsExactly((byte) i);
    }
    assertThat(consumer.position(T0)).isEqualTo(1_000);
    assertThat(consumer.highWatermark(T0)).isEqualTo(OptionalLong.of(1_000));
  }

  @Test
  void shouldReadManyPartitionsOfSeveralBrokers() {
    cluster.createTopic("t", 20);
    List<String> sent = new ArrayList<>();
    try (Producer producer = client.producer()) {
      for (int i = 0; i < 1_000; i++) {
        sent.add("value " + i);
        producer.send(
            ProducerRecord.of("t", "value " + i).withPartition(i % 20), SendCallback.NONE);
      }
    }
    Consumer consumer = client.consumer();

    consumer.assign("t", Position.earliest());

    assertThat(read(consumer, 1_000))
        .extracting(ConsumerRecord::valueText)
        .containsExactlyInAnyOrderElementsOf(sent);
  }

  @Test
  void shouldBeginInTheMiddleOfABatch() {
    fill(100);
    Consumer consumer = client.consumer();

    consumer.assign(Map.of(T0, Position.at(42)));

    List<ConsumerRecord> records = read(consumer, 58);
    assertThat(records.getFirst().offset()).isEqualTo(42);
    assertThat(records).hasSize(58);
  }

  @Test
  void shouldBeginAtATime() {
    fill(100);
    Consumer consumer = client.consumer();

    consumer.assign(Map.of(T0, Position.since(Instant.ofEpochMilli(1_070))));

    assertThat(read(consumer, 1).getFirst().offset()).isEqualTo(70);
  }

  @Test
  void shouldReadOnlyWhatComesAfterLatest() {
    fill(10);
    Consumer consumer = client.consumer();
    consumer.assign(Map.of(T0, Position.latest()));
    assertThat(consumer.position(T0)).isEqualTo(10);

    try (Producer producer = client.producer()) {
      producer.send(ProducerRecord.of("t", "new")).join();
    }

    assertThat(read(consumer, 1).getFirst().valueText()).isEqualTo("new");
  }

  @Test
  void shouldSeek() {
    fill(100);
    Consumer consumer = client.consumer();
    consumer.assign("t", Position.earliest());
    read(consumer, 100);

    consumer.seek(T0, Position.at(7));
    assertThat(consumer.position(T0)).isEqualTo(7);
    List<ConsumerRecord> again = read(consumer, 93);

    assertThat(again.getFirst().offset()).isEqualTo(7);
    assertThat(again).hasSize(93);
  }

  @Test
  void shouldGoOnAfterABrokenStream() {
    fill(100);
    Consumer consumer = client.consumer();
    consumer.assign("t", Position.earliest());
    List<Long> offsets = offsets(read(consumer, 100));

    for (int round = 0; round < 5; round++) {
      cluster.broker(0).fetches().forEach(FakeFetch::breakStream);
      fill(20);
      offsets.addAll(offsets(read(consumer, 20)));
    }

    assertThat(offsets).isEqualTo(IntStream.range(0, 200).mapToObj(i -> (long) i).toList());
  }

  @Test
  void shouldFollowTheLeader() {
    fill(50);
    Consumer consumer = client.consumer();
    consumer.assign("t", Position.earliest());
    List<Long> offsets = offsets(read(consumer, 50));

    for (int round = 1; round <= 4; round++) {
      if (round % 2 == 0) {
        cluster.moveLeaderSilently("t", 0, round % 2);
      } else {
        cluster.moveLeader("t", 0, round % 2);
      }
      fill(50);
      offsets.addAll(offsets(read(consumer, 50)));
    }

    assertThat(offsets).isEqualTo(IntStream.range(0, 250).mapToObj(i -> (long) i).toList());
  }

  @Test
  void shouldGoOnWhenABrokerStartsAgain() {
    fill(10);
    Consumer consumer = client.consumer();
    consumer.assign("t", Position.earliest());
    read(consumer, 10);

    cluster.kill(0);
    cluster.restart(0);
    fill(10);

    assertThat(read(consumer, 10).getFirst().offset()).isEqualTo(10);
  }

  @Test
  void shouldReadNoFurtherThanItsCredit() {
    cluster.createTopic("t", 1);
    try (Producer producer = client.producer()) {
      for (int i = 0; i < 2_000; i++) {
        producer.send(ProducerRecord.of("t", new byte[10_000]), SendCallback.NONE);
      }
    }
    Consumer consumer =
        client.consumer(
            ConsumerConfig.DEFAULT.withMaxResponseBytes(64_000).withPrefetchBytes(256_000));
    consumer.assign("t", Position.earliest());

    List<ConsumerRecord> first = consumer.poll(LONG);
    long before = -1;
    while (before != sentBytes()) {
      before = sentBytes();
      LockSupport.parkNanos(200_000_000);
    }

    // The credit, and what the network holds: windows of 2 MiB and the broker's own buffers.
    assertThat(sentBytes()).isLessThan(5_000_000);
    assertThat(first.size() + read(consumer, 2_000 - first.size()).size()).isEqualTo(2_000);
  }

  @Test
  void shouldSayThatAnOffsetIsNotStored() {
    fill(100);
    cluster.log("t", 0).deleteBelow(50);
    Consumer consumer = client.consumer();
    consumer.assign(Map.of(T0, Position.at(10)));

    assertThatThrownBy(() -> consumer.poll(LONG))
        .isInstanceOf(OffsetOutOfRangeException.class)
        .hasMessageContaining("offset 10 is not stored");
    assertThat(consumer.poll(SHORT)).isEmpty();

    consumer.seek(T0, Position.earliest());
    assertThat(read(consumer, 50).getFirst().offset()).isEqualTo(50);
  }

  @Test
  void shouldNotServeDamagedBytes() {
    fill(100);
    fill(100);
    int last = cluster.log("t", 0).batchCount() - 1;
    cluster.log("t", 0).flip(last, 100);
    Consumer consumer = client.consumer();
    consumer.assign("t", Position.earliest());
    List<ConsumerRecord> good = new ArrayList<>();

    assertThatThrownBy(
            () -> {
              while (true) {
                good.addAll(consumer.poll(LONG));
              }
            })
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining("t-0 cannot be read at offset " + good.size());
    assertThat(good).isNotEmpty();
    assertThat(consumer.poll(SHORT)).isEmpty();

    fill(5);
    consumer.seek(T0, Position.at(200));
    assertThat(read(consumer, 5).getFirst().offset()).isEqualTo(200);
  }

  @Test
  void shouldNameAnUnknownTopicOrPartition() {
    cluster.createTopic("t", 1);
    Consumer consumer = client.consumer();

    assertThatThrownBy(() -> consumer.assign("nope", Position.earliest()))
        .isInstanceOf(UnknownTopicException.class);
    consumer.assign(Map.of(new TopicPartition("t", 3), Position.earliest()));
    assertThatThrownBy(() -> consumer.poll(LONG))
        .isInstanceOf(UnknownTopicException.class)
        .hasMessageContaining("there is no partition 3");
    assertThatThrownBy(() -> consumer.seek(T0, Position.earliest()))
        .isInstanceOf(LeatException.class)
        .hasMessageContaining("not assigned");
  }

  @Test
  void shouldTellThatATopicWasDeleted() {
    fill(10);
    Consumer consumer = client.consumer();
    consumer.assign("t", Position.earliest());
    read(consumer, 10);

    cluster.deleteTopic("t");

    assertThatThrownBy(() -> consumer.poll(LONG))
        .isInstanceOf(UnknownTopicException.class)
        .hasMessageContaining("deleted");
  }

  @Test
  void shouldReadOtherPartitionsAfterAChange() {
    cluster.createTopic("t", 2);
    Consumer consumer = client.consumer();
    consumer.assign(Map.of(T0, Position.earliest()));
    consumer.poll(SHORT);

    consumer.assign(Map.of(new TopicPartition("t", 1), Position.earliest()));
    try (Producer producer = client.producer()) {
      producer.send(ProducerRecord.of("t", "zero").withPartition(0)).join();
      producer.send(ProducerRecord.of("t", "one").withPartition(1)).join();
    }

    assertThat(read(consumer, 1)).extracting(ConsumerRecord::valueText).containsExactly("one");
    assertThat(consumer.poll(SHORT)).isEmpty();
    assertThat(consumer.assignment()).containsExactly(new TopicPartition("t", 1));
  }

  @Test
  void shouldGiveWholeBatches() {
    fill(100);
    Consumer consumer = client.consumer();
    consumer.assign(Map.of(T0, Position.at(3)));

    List<Long> offsets = new ArrayList<>();
    while (offsets.size() < 97) {
      for (ConsumedBatch batch : consumer.pollBatches(LONG)) {
        RecordReader records = batch.records();
        while (records.next()) {
          if (records.offset() >= batch.firstOffset()) {
            offsets.add(records.offset());
          }
        }
      }
    }

    assertThat(offsets).isEqualTo(IntStream.range(3, 100).mapToObj(i -> (long) i).toList());
  }

  @Test
  void shouldWakeUp() {
    cluster.createTopic("t", 1);
    Consumer consumer = client.consumer();
    consumer.assign("t", Position.earliest());

    CompletableFuture<List<ConsumerRecord>> poll =
        CompletableFuture.supplyAsync(() -> consumer.poll(Duration.ofSeconds(25)));
    await(
        () -> {
          consumer.wakeup();
          return poll.isDone();
        });

    assertThat(poll.join()).isEmpty();
  }

  @Test
  void shouldEndAPollWhenClosed() {
    cluster.createTopic("t", 1);
    Consumer consumer = client.consumer();
    consumer.assign("t", Position.earliest());
    CompletableFuture<List<ConsumerRecord>> poll =
        CompletableFuture.supplyAsync(() -> consumer.poll(Duration.ofSeconds(25)));

    consumer.close();

    assertThatThrownBy(poll::join).hasCauseInstanceOf(ClosedException.class);
    await(() -> cluster.broker(0).fetches().isEmpty());
  }

  private long sentBytes() {
    return cluster.broker(0).fetches().stream().mapToLong(FakeFetch::sentBytes).sum();
  }

  /** Appends records with consecutive timestamps, some in a batch. */
  private void fill(int count) {
    if (cluster.log("t", 0) == null) {
      cluster.createTopic("t", 1);
    }
    long first = cluster.log("t", 0).end();
    try (Producer producer = client.producer(ProducerConfig.builder().batchBytes(1_000).build())) {
      for (int i = 0; i < count; i++) {
        producer.send(
            ProducerRecord.of("t", "value " + (first + i)).withTimestamp(1_000 + first + i),
            SendCallback.NONE);
      }
    }
  }

  private static List<Long> offsets(List<ConsumerRecord> records) {
    return new ArrayList<>(records.stream().map(ConsumerRecord::offset).toList());
  }

  private static List<ConsumerRecord> read(Consumer consumer, int count) {
    List<ConsumerRecord> records = new ArrayList<>();
    while (records.size() < count) {
      List<ConsumerRecord> polled = consumer.poll(LONG);
      assertThat(polled).as("records within 10 s, after %d", records.size()).isNotEmpty();
      records.addAll(polled);
    }
    return records;
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + LONG.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("within 10 s").isLessThan(deadline);
      LockSupport.parkNanos(5_000_000);
    }
  }
}
