package dev.leat.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.client.Consumer;
import dev.leat.client.LeatClient;
import dev.leat.client.Position;
import dev.leat.client.Producer;
import dev.leat.client.ProducerConfig;
import dev.leat.client.ProducerRecord;
import dev.leat.client.SendCallback;
import dev.leat.client.TopicPartition;
import dev.leat.client.admin.GroupProgress;
import dev.leat.client.admin.TopicSpec;
import dev.leat.client.error.LeatErrorCode;
import dev.leat.client.error.LeatException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Consume, process and produce by the native client, on three brokers in processes of their own:
 * the worker is killed, and the brokers that coordinate its transactions and its group. What is
 * committed in the end is every record, once. {@code -Dcrash.rounds} and {@code -Dcrash.seed} as
 * with {@link CrashTest}.
 */
@Tag("crash")
class TransactionFailoverTest {
  /** One takes 20 s: fewer than of the others. */
  private static final int ROUNDS = Math.clamp(Integer.getInteger("crash.rounds", 6) / 3, 1, 10);

  private static final long SEED = Long.getLong("crash.seed", System.nanoTime());
  private static final int BROKERS = 3;
  private static final int PARTITIONS = 4;
  private static final int RECORDS = 8_000 * ROUNDS;
  private static final int STEP = 500;
  private static final int COORDINATOR_PARTITIONS = 50;
  private static final int DEADLINE_S = 120;
  private static final Duration POLL = Duration.ofMillis(100);
  private static final String GROUP = "copier";

  @TempDir Path directory;
  private final SplittableRandom random = new SplittableRandom(SEED);

  @Test
  void shouldCopyEveryRecordOnceWhateverDies() throws Exception {
    System.out.println("TransactionFailoverTest: " + ROUNDS + " rounds, -Dcrash.seed=" + SEED);
    BrokerProcess cluster = new BrokerProcess(directory, BROKERS);
    try (LeatClient client = LeatClient.connect(cluster.bootstrap())) {
      client.admin().createTopic(TopicSpec.of("source").withPartitions(PARTITIONS));
      client.admin().createTopic(TopicSpec.of("target").withPartitions(PARTITIONS));
      fill(client);
      Process worker = startWorker(cluster);

      for (int round = 0; round < ROUNDS; round++) {
        awaitProgress(client);
        kill(client, "__transaction_state");
        awaitProgress(client);
        worker.destroyForcibly().waitFor();
        worker = startWorker(cluster);
        awaitProgress(client);
        kill(client, "__consumer_offsets");
        awaitProgress(client);
        kill(client, "target");
      }
      await("all is copied", () -> copied(client) >= RECORDS);
      assertThat(worker.isAlive()).isTrue();
      worker.destroyForcibly().waitFor();

      String[] all = IntStream.range(0, RECORDS).mapToObj(String::valueOf).toArray(String[]::new);
      assertThat(read(client)).containsExactlyInAnyOrder(all);
      assertThat(readByKafka(cluster)).containsExactlyInAnyOrder(all);
    }
    assertThat(cluster.stop()).isZero();
  }

  /** In small batches, so that the worker takes a few at a time. */
  private static void fill(LeatClient client) {
    ProducerConfig small = ProducerConfig.builder().batchBytes(512).build();
    try (Producer producer = client.producer(small)) {
      for (int i = 0; i < RECORDS; i++) {
        producer.send(
            ProducerRecord.of("source", Integer.toString(i)).withPartition(i % PARTITIONS),
            SendCallback.NONE);
      }
    }
  }

  private Process startWorker(BrokerProcess cluster) throws IOException {
    List<String> command =
        JavaCommand.of(CopyWorker.class.getName(), cluster.bootstrap(), "source", "target", GROUP);
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("worker.log").toFile()))
        .start();
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_S);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("deadline for: %s", what).isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private void awaitProgress(LeatClient client) throws InterruptedException {
    long goal = Math.min(RECORDS, copied(client) + 1 + random.nextInt(STEP));
    await("records are copied", () -> copied(client) >= goal);
  }

  /** How far the group has read, which it has only with its copies. */
  private static long copied(LeatClient client) {
    try {
      return client.admin().describeGroup(GROUP).progress().values().stream()
          .mapToLong(GroupProgress::offset)
          .sum();
    } catch (LeatException e) {
      if (e.code() == LeatErrorCode.UNKNOWN_GROUP || e.isRetriable()) {
        return 0;
      }
      throw e;
    }
  }

  /** Kills the leader of the partition of a topic that the copier needs. */
  private static void kill(LeatClient client, String topic) throws InterruptedException {
    int partition =
        topic.startsWith("__") ? Utils.abs(GROUP.hashCode()) % COORDINATOR_PARTITIONS : 0;
    await(
        "a leader of " + topic,
        () -> {
          int leader = client.admin().describeTopic(topic).partitions().get(partition).leader();
          return client.admin().describeCluster().brokers().stream()
              .filter(broker -> broker.id() == leader && broker.pid().isPresent())
              .flatMap(broker -> ProcessHandle.of(broker.pid().getAsLong()).stream())
              .anyMatch(ProcessHandle::destroyForcibly);
        });
  }

  private static List<String> read(LeatClient client) throws InterruptedException {
    Map<TopicPartition, Position> latest = new HashMap<>();
    for (int p = 0; p < PARTITIONS; p++) {
      latest.put(new TopicPartition("target", p), Position.latest());
    }
    await(
        "the last transaction",
        () ->
            client.admin().listOffsets(latest).values().stream()
                .allMatch(found -> found.offset() == found.highWatermark()));
    List<String> values = new ArrayList<>();
    try (Consumer consumer = client.consumer()) {
      consumer.assign("target", Position.earliest());
      var ends = client.admin().listOffsets(latest);
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue().offset())) {
        consumer
            .poll(POLL)
            .forEach(record -> values.add(Objects.requireNonNull(record.valueText())));
      }
    }
    return values;
  }

  private static List<String> readByKafka(BrokerProcess cluster) {
    List<org.apache.kafka.common.TopicPartition> partitions =
        IntStream.range(0, PARTITIONS)
            .mapToObj(p -> new org.apache.kafka.common.TopicPartition("target", p))
            .toList();
    List<String> values = new ArrayList<>();
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers", cluster.kafkaBootstrap(), "isolation.level", "read_committed"),
            new StringDeserializer(),
            new StringDeserializer())) {
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<org.apache.kafka.common.TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        consumer.poll(POLL).forEach(record -> values.add(record.value()));
      }
    }
    return values;
  }
}
