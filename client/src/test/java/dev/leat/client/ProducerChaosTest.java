package dev.leat.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.client.error.LeatException;
import dev.leat.client.fake.FakeCluster;
import dev.leat.client.fake.ProduceScript.Fate;
import dev.leat.v1.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Everything that can go wrong at once, by seed: what is acknowledged is in the log, once, in
 * order, at the offset that was told.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ProducerChaosTest {

  private static final int PARTITIONS = 5;
  private static final int RECORDS = 4_000;
  private static final int MAX_FAULTS = 120;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void shouldNeitherLoseNorRepeatNorReorder(long seed) {
    Random random = new Random(seed);
    try (FakeCluster cluster = new FakeCluster(3)) {
      cluster.createTopic("t", PARTITIONS);
      AtomicInteger faults = new AtomicInteger();
      cluster.script((broker, partition, batch) -> fate(random, faults));
      Outcome outcome = new Outcome();

      try (LeatClient client =
          LeatClient.connect(
              ClientConfig.of(cluster.bootstrap())
                  .withBackoff(Duration.ofMillis(2), Duration.ofMillis(20)))) {
        send(client, cluster, new Random(~seed), outcome);
      }

      assertThat(outcome.failures).isEmpty();
      for (int p = 0; p < PARTITIONS; p++) {
        assertThat(cluster.log("t", p).values())
            .as("partition %d, seed %d", p, seed)
            .isEqualTo(outcome.sent.get(p));
      }
      assertThat(outcome.misplaced).isEmpty();
      assertThat(faults.get()).isGreaterThan(20);
    }
  }

  private static void send(LeatClient client, FakeCluster cluster, Random random, Outcome outcome) {
    Producer producer =
        client.producer(
            ProducerConfig.builder()
                .batchBytes(600)
                .bufferMemoryBytes(300_000)
                .maxRequestBytes(4_000)
                .build());
    for (int i = 0; i < RECORDS; i++) {
      int partition = random.nextInt(PARTITIONS);
      String value = "value " + i;
      long offset = outcome.sent.get(partition).size();
      outcome.sent.get(partition).add(value);
      producer.send(
          ProducerRecord.of("t", value).withPartition(partition), outcome.expect(value, offset));
      if (random.nextInt(200) == 0) {
        disturb(cluster, random);
      }
    }
    producer.flush();
  }

  private static void disturb(FakeCluster cluster, Random random) {
    int partition = random.nextInt(PARTITIONS);
    int broker = random.nextInt(3);
    switch (random.nextInt(4)) {
      case 0 -> cluster.moveLeaderSilently("t", partition, broker);
      case 1 -> {
        cluster.moveLeader("t", partition, -1);
        cluster.moveLeader("t", partition, broker);
      }
      case 2 -> cluster.breakWatches();
      default -> cluster.moveLeader("t", partition, broker);
    }
  }

  /** Called by the brokers' threads. */
  private static synchronized Fate fate(Random random, AtomicInteger faults) {
    if (faults.get() > MAX_FAULTS || random.nextInt(4) != 0) {
      return Fate.append();
    }
    faults.incrementAndGet();
    return switch (random.nextInt(7)) {
      case 0 -> Fate.breakAfter();
      case 1 -> Fate.breakBefore();
      case 2 -> Fate.refuse(ErrorCode.ERROR_CODE_THROTTLED);
      case 3 -> Fate.refuse(ErrorCode.ERROR_CODE_LEADER_NOT_AVAILABLE);
      case 4 -> Fate.refuse(ErrorCode.ERROR_CODE_TIMEOUT);
      case 5 -> Fate.appendAndRefuse(ErrorCode.ERROR_CODE_TIMEOUT);
      default -> Fate.appendAndRefuse(ErrorCode.ERROR_CODE_NOT_LEADER);
    };
  }

  private static final class Outcome {
    final List<List<String>> sent = new ArrayList<>();
    final List<String> failures = Collections.synchronizedList(new ArrayList<>());
    final List<String> misplaced = Collections.synchronizedList(new ArrayList<>());

    Outcome() {
      for (int p = 0; p < PARTITIONS; p++) {
        sent.add(new ArrayList<>());
      }
    }

    SendCallback expect(String value, long expected) {
      return new SendCallback() {
        @Override
        public void onFailed(LeatException error) {
          failures.add(value + ": " + error.getMessage());
        }

        @Override
        public void onAcknowledged(int partition, long offset) {
          if (offset != expected) {
            misplaced.add(value + " at " + offset + ", not at " + expected);
          }
        }
      };
    }
  }
}
