package dev.leat.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.broker.journal.JournalVerifier;
import dev.leat.broker.journal.VerifyReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
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

  /**
   * A client tries to come back once a second, and most lives are shorter: on a slow machine no
   * record would be acknowledged in time.
   */
  private static final int PROGRESS_ROUNDS = 4;

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
    NumberedWriter writer =
        new NumberedWriter(broker.bootstrap(), TOPIC, PARTITIONS, 0, random.split());

    for (int round = 0; round < ROUNDS; round++) {
      if (round % PROGRESS_ROUNDS == 0) {
        writer.awaitAcknowledgement();
      }
      TimeUnit.MILLISECONDS.sleep(1 + random.nextInt(MAX_LIFE_MS));
      broker.kill();
      broker.restart();
    }
    long[] sent = writer.finish();

    try (WholeLog log = new WholeLog(broker.port())) {
      for (int p = 0; p < PARTITIONS; p++) {
        writer.check(p, log.read(TOPIC, p), sent[p]);
      }
    }
    assertThat(broker.stop()).isZero();
    assertSound();
  }

  private void assertSound() throws IOException {
    VerifyReport report =
        JournalVerifier.verify(directory.resolve("broker-0"), (done, total) -> {});
    assertThat(report.findings()).isEmpty();
  }
}
