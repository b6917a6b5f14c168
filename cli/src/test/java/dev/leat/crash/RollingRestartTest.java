package dev.leat.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three brokers in processes of their own get SIGTERM one after the other, as in an upgrade, while
 * clients of both protocols produce and consume: none of them is told of an error, and each reads
 * every record once, in order. {@code -Dcrash.rounds=N}: so often each, at most 10.
 */
@Tag("crash")
class RollingRestartTest {
  private static final int ROUNDS = Math.min(10, Integer.getInteger("crash.rounds", 1));
  private static final int BROKERS = 3;
  private static final int PARTITIONS = 8;
  private static final int PAUSE_NANOS = 1_000_000;
  private static final int DEADLINE_S = 60;
  private static final String NATIVE = "native";
  private static final String KAFKA = "kafka";

  @TempDir Path directory;

  @Test
  void shouldTellNoClientOfAnErrorWhileAllBrokersRestart() throws Exception {
    BrokerProcess cluster = new BrokerProcess(directory, BROKERS);
    try (WholeLog log = new WholeLog(cluster.port())) {
      log.createTopic(NATIVE, PARTITIONS);
      log.createTopic(KAFKA, PARTITIONS);
      awaitThat("all replicas are there", () -> log.isWhole(BROKERS));
    }
    NumberedWriter writer =
        new NumberedWriter(
            cluster.bootstrap(), NATIVE, PARTITIONS, PAUSE_NANOS, new SplittableRandom(1));
    NumberedReader reader = new NumberedReader(cluster.bootstrap(), NATIVE, PARTITIONS);
    KafkaLoad kafka = new KafkaLoad(cluster.kafkaBootstrap(), KAFKA, PARTITIONS);

    for (int round = 0; round < ROUNDS; round++) {
      for (ProcessHandle broker : cluster.children()) {
        awaitProgress(writer, reader, kafka);
        restart(cluster, broker);
      }
    }
    awaitProgress(writer, reader, kafka);

    long[] sent = writer.finish();
    reader.finish(sent);
    kafka.finish();
    assertThat(writer.failures()).isEmpty();
    assertThat(reader.failures()).isEmpty();
    assertThat(kafka.failures()).isEmpty();
    assertThat(cluster.stop()).isZero();
  }

  private static void restart(BrokerProcess cluster, ProcessHandle broker)
      throws IOException, InterruptedException {
    System.out.println("RollingRestartTest: SIGTERM to " + broker.pid());
    BrokerProcess.signal("TERM", broker);
    awaitThat("it stops", () -> !broker.isAlive());
    awaitThat("it is started again", () -> cluster.children().size() == BROKERS);
    for (int id = 0; id < BROKERS; id++) {
      try (WholeLog log = new WholeLog(cluster.port() + id)) {
        awaitThat("all replicas are there", () -> log.isWhole(BROKERS));
      }
    }
  }

  /** All clients are served: 100 records more, each. */
  private static void awaitProgress(NumberedWriter writer, NumberedReader reader, KafkaLoad kafka)
      throws InterruptedException {
    long acknowledged = writer.acknowledged() + 100;
    long read = reader.read() + 100;
    long byKafka = kafka.read() + 100;
    awaitThat(
        "records are produced and consumed",
        () ->
            writer.acknowledged() >= acknowledged
                && reader.read() >= read
                && kafka.read() >= byKafka);
    List<String> failures = writer.failures();
    assertThat(failures).isEmpty();
  }

  private static void awaitThat(String what, BooleanSupplier condition)
      throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_S);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("deadline for: %s", what).isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }
}
