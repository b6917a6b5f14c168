package dev.leat.broker.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.broker.log.Damage;
import dev.leat.broker.log.Entry;
import dev.leat.broker.log.Journal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that appends, seals, recycles and releases is killed at random moments. What it said to
 * be durable is there, in order and without a gap, and behind it at most what it had appended.
 */
class CrashTest {
  private static final int CHECKED_ENTRIES = 3_000;

  @TempDir Path directory;
  private long acked;
  private long released;
  private long end;

  @Test
  void shouldLoseNothingDurableWhenKilled() throws Exception {
    run(1, 3, 1_500);
  }

  @Test
  @Tag("crash")
  void shouldLoseNothingDurableWhenKilledOften() throws Exception {
    run(1_000, 100, 3_000);
  }

  private void run(long seed, int rounds, int maxMs) throws Exception {
    Random random = new Random(seed);
    for (int round = 0; round < rounds; round++) {
      int lifeMs = random.nextInt(maxMs);
      try {
        live(seed + round, lifeMs);
        check();
      } catch (AssertionError e) {
        throw new AssertionError(
            "seed " + seed + ", round " + round + ", life " + lifeMs + " ms: " + e.getMessage(), e);
      }
    }
    assertThat(acked).isPositive();
  }

  /** One life of the process: it begins to count when the process has begun to append. */
  private void live(long seed, int lifeMs) throws IOException, InterruptedException {
    ChildProcess child =
        ChildProcess.start(
            CrashChild.class,
            List.of(directory.toString(), Long.toString(seed), Long.toString(end)));
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (child.output().isEmpty() && child.isAlive() && System.nanoTime() < deadline) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
    long death = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(lifeMs);
    while (child.isAlive() && System.nanoTime() < death) {
      LockSupport.parkNanos(death - System.nanoTime());
    }
    assertThat(child.isAlive()).as(child.output()).isTrue();
    child.kill();
    read(child.output());
  }

  /** The last line may be torn: only those that end count. */
  private void read(String output) {
    String whole = output.substring(0, output.lastIndexOf('\n') + 1);
    for (String line : whole.lines().toList()) {
      long number = Long.parseLong(line.substring(2));
      if (line.startsWith("D ")) {
        acked = Math.max(acked, number);
      } else {
        released = Math.max(released, number);
      }
    }
  }

  private void check() throws IOException {
    VerifyReport report = JournalVerifier.verify(directory, (done, total) -> {});
    // A file of a pair may be torn while it is written: its twin counts then.
    assertThat(report.findings()).filteredOn(found -> !isTornTwin(found)).isEmpty();
    try (JournalFixture fixture = JournalFixture.open(CrashChild.config(directory))) {
      assertThat(fixture.recovery.damage()).isEmpty();
      end = lastSeq(fixture);
      assertThat(end).isGreaterThanOrEqualTo(acked);
      long first = Math.max(released, end - CHECKED_ENTRIES);
      checkLog(fixture, first);
      checkPartitions(fixture, first);
      checkCheckpoint(fixture);
    }
  }

  private static boolean isTornTwin(Damage found) {
    return found.what().endsWith("its twin counts");
  }

  private static long lastSeq(JournalFixture fixture) {
    return fixture.tail.isEmpty() ? lastSealed(fixture) : fixture.tail.getLast().header().seq();
  }

  private static long lastSealed(JournalFixture fixture) {
    return fixture.recovery.checkpoints().isEmpty() ? 0 : checkpoint(fixture);
  }

  private static long checkpoint(JournalFixture fixture) {
    return fixture.recovery.checkpoints().get(CrashChild.STATE).getLong(0);
  }

  private void checkLog(JournalFixture fixture, long first) {
    long next = first;
    while (next < end) {
      try (Journal.LogSlice slice =
          fixture.journal.readLog(CrashChild.GROUP, next + 1, end, 1 << 20)) {
        assertThat(slice).as("log from seq %s of %s", next + 1, end).isNotNull();
        for (Entry entry : slice.entries()) {
          assertThat(entry).isEqualTo(CrashChild.entry(next++));
        }
      }
    }
    assertThat(fixture.journal.readLog(CrashChild.GROUP, end + 1, end + 9, 1000)).isNull();
  }

  private void checkPartitions(JournalFixture fixture, long first) {
    for (int partition = 0; partition < CrashChild.PARTITIONS; partition++) {
      List<ByteBuffer> wanted = new ArrayList<>();
      long from = -1;
      for (long i = first; i < end; i++) {
        if (i % CrashChild.PARTITIONS == partition) {
          from = from < 0 ? i / CrashChild.PARTITIONS : from;
          wanted.addAll(CrashChild.entry(i).body());
        }
      }
      if (from >= 0) {
        assertThat(fixture.read(CrashChild.GROUP, partition, from, Long.MAX_VALUE, 1 << 20))
            .isEqualTo(wanted);
      }
    }
  }

  /** The tail begins where the checkpoint ends, or before. */
  private static void checkCheckpoint(JournalFixture fixture) {
    if (!fixture.tail.isEmpty()) {
      assertThat(fixture.tail.getFirst().header().seq())
          .isLessThanOrEqualTo(lastSealed(fixture) + 1);
    }
  }
}
