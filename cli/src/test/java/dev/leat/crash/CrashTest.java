package dev.leat.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.broker.journal.JournalVerifier;
import dev.leat.broker.journal.VerifyReport;
import dev.leat.client.ClientConfig;
import dev.leat.client.LeatClient;
import dev.leat.client.Producer;
import dev.leat.client.ProducerRecord;
import dev.leat.client.SendCallback;
import dev.leat.client.error.LeatException;
import dev.leat.v1.Record;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a broker under load, again and again, and reads everything back: what was acknowledged is
 * there, once, in order, at the offset that was acknowledged. {@code -Dcrash.rounds=100} for the
 * long form, {@code -Dcrash.seed=N} to see a run again.
 */
@Tag("crash")
class CrashTest {
  private static final int ROUNDS = Integer.getInteger("crash.rounds", 4);
  private static final long SEED = Long.getLong("crash.seed", System.nanoTime());
  private static final int PARTITIONS = 8;
  private static final int MAX_LIFE_MS = 400;
  private static final int MAX_VALUE_BYTES = 2_000;
  private static final String TOPIC = "crash";

  @TempDir Path directory;

  @Test
  void shouldKeepEveryAcknowledgedRecordOnceAndInOrder() throws Exception {
    System.out.println("CrashTest: " + ROUNDS + " rounds, -Dcrash.seed=" + SEED);
    SplittableRandom random = new SplittableRandom(SEED);
    BrokerProcess broker = new BrokerProcess(directory);
    try (WholeLog log = new WholeLog(broker.port())) {
      log.createTopic(TOPIC, PARTITIONS);
    }
    Writer writer = new Writer(broker.bootstrap(), random.split());

    for (int round = 0; round < ROUNDS; round++) {
      TimeUnit.MILLISECONDS.sleep(1 + random.nextInt(MAX_LIFE_MS));
      broker.kill();
      broker.restart();
    }
    long[] sent = writer.finish();

    assertThat(writer.failures).isEmpty();
    try (WholeLog log = new WholeLog(broker.port())) {
      for (int p = 0; p < PARTITIONS; p++) {
        check(p, log.read(TOPIC, p), sent[p], writer);
      }
    }
    assertThat(broker.stop()).isZero();
    assertSound();
  }

  private static void check(int partition, List<Record> records, long sent, Writer writer) {
    assertThat(records).as("records of partition %d", partition).hasSize((int) sent);
    for (int i = 0; i < records.size(); i++) {
      Record record = records.get(i);
      long number = record.getValue().asReadOnlyByteBuffer().getLong();
      assertThat(number).as("record at offset %d of partition %d", i, partition).isEqualTo(i);
      assertThat(record.getOffset()).isEqualTo(i);
    }
    assertThat(writer.acknowledged.get(partition)).isEqualTo(sent);
  }

  private void assertSound() throws IOException {
    VerifyReport report =
        JournalVerifier.verify(directory.resolve("broker-0"), (done, total) -> {});
    assertThat(report.findings()).isEmpty();
  }

  /**
   * Writes numbered records to all partitions until told to stop; the number of a record is the
   * offset that it must get.
   */
  private static final class Writer implements Runnable {
    private final LeatClient client;
    private final Producer producer;
    private final SplittableRandom random;
    private final long[] next = new long[PARTITIONS];
    private final AtomicLongArray acknowledged = new AtomicLongArray(PARTITIONS);
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final Thread thread = new Thread(this, "writer");
    private volatile boolean stopping;

    Writer(String bootstrap, SplittableRandom random) {
      this.random = random;
      client = LeatClient.connect(ClientConfig.of(bootstrap));
      producer = client.producer();
      thread.start();
    }

    @Override
    public void run() {
      while (!stopping) {
        int partition = random.nextInt(PARTITIONS);
        long number = next[partition]++;
        ByteBuffer value = ByteBuffer.allocate(Long.BYTES + random.nextInt(MAX_VALUE_BYTES));
        value.putLong(0, number);
        producer.send(
            ProducerRecord.of(TOPIC, value.array()).withPartition(partition),
            new Expected(partition, number));
      }
    }

    /** Stops, waits for all acknowledgements; how many were sent to each partition. */
    long[] finish() throws InterruptedException {
      stopping = true;
      thread.join();
      producer.close();
      client.close();
      return next;
    }

    private final class Expected implements SendCallback {
      private final int partition;
      private final long number;

      Expected(int partition, long number) {
        this.partition = partition;
        this.number = number;
      }

      @Override
      public void onFailed(LeatException error) {
        failures.add("record " + number + " of partition " + partition + ": " + error.getMessage());
      }

      @Override
      public void onAcknowledged(int acknowledgedPartition, long offset) {
        if (acknowledgedPartition != partition || offset != number) {
          failures.add(
              "record %d of partition %d was acknowledged as offset %d of partition %d"
                  .formatted(number, partition, offset, acknowledgedPartition));
        }
        acknowledged.incrementAndGet(partition);
      }
    }
  }
}
