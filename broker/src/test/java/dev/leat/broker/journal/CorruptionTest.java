package dev.leat.broker.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damaged files: the process never dies, no wrong byte is ever read, verification finds what the
 * broker stumbles over, and the broker goes on with the rest. In a process of its own, so that its
 * death would be seen.
 */
class CorruptionTest {
  @TempDir Path directory;

  @BeforeEach
  void writeSoundJournal() {
    try (JournalFixture fixture = JournalFixture.open(config())) {
      for (int i = 0; i < CorruptionChild.ENTRIES; i++) {
        fixture.append(CorruptionChild.entry(i));
        if (i % 3 == 0) {
          fixture.write();
        }
      }
      fixture.write();
      // The first segment is sealed, the second is full, the third is hot.
      long first = fixture.full.keySet().iterator().next();
      fixture.journal.seal(first, new dev.leat.broker.log.Checkpoint(java.util.Map.of()));
      fixture.awaitSealed(first);
      assertThat(fixture.full).hasSizeGreaterThanOrEqualTo(2);
    }
  }

  private JournalConfig config() {
    return JournalConfig.of(directory.resolve("sound"), JournalConfig.MIN_SEGMENT_BYTES)
        .withSegmentEntries(150);
  }

  @Test
  void shouldSurviveDamage() throws Exception {
    run(1, 40);
  }

  @Test
  @Tag("slow")
  void shouldSurviveMuchDamage() throws Exception {
    for (int round = 0; round < 20; round++) {
      run(1_000 + round * 100, 100);
    }
  }

  private void run(long firstSeed, int seeds) throws IOException, InterruptedException {
    ChildProcess child =
        ChildProcess.start(
            CorruptionChild.class,
            List.of(
                config().directory().toString(),
                Long.toString(firstSeed),
                Integer.toString(seeds)));

    int status = child.await(300);

    assertThat(status).as(child.output()).isZero();
    assertThat(child.output()).doesNotContain("WRONG");
    assertThat(child.output().lines().filter(line -> line.startsWith("seed "))).hasSize(seeds);
  }
}
