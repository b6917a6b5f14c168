package dev.leat.broker.journal;

import static dev.leat.broker.journal.TestBatches.entry;
import static dev.leat.broker.journal.TestBatches.header;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.broker.log.Entry;
import dev.leat.broker.log.EntryHeader;
import dev.leat.broker.log.EntryKind;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.JournalSpace;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The disk becomes full: records are refused in time, all else goes on, and room comes back. */
class SpaceTest {
  private static final GroupId GROUP = GroupId.of(1, 7);
  private static final int BATCH_BYTES = 50_000;
  private static final long LIMIT = 5 * JournalConfig.MIN_SEGMENT_BYTES;

  @TempDir Path directory;
  private long seq;
  private long offset;

  @Test
  void shouldRefuseRecordsBeforeTheDiskIsFullAndTakeThemAgainWhenThereIsRoom() {
    JournalConfig config =
        JournalConfig.of(directory, JournalConfig.MIN_SEGMENT_BYTES).withMaxBytes(LIMIT);
    try (JournalFixture fixture = JournalFixture.open(config)) {
      long taken = fill(fixture);
      assertThat(taken).isGreaterThan(LIMIT / 3);

      writeOthers(fixture, 2_000);

      assertThat(files()).isLessThanOrEqualTo(LIMIT);
      assertThat(fixture.read(GROUP, 0, 0, offset, 1 << 20)).hasSize((int) offset);
      assertThat(fixture.space()).as("who asks is not told as well").isNull();
      makeRoom(fixture);
      fixture.await("room reported", () -> fixture.space() instanceof JournalSpace.Available);
      assertThat(fill(fixture)).isPositive();
    }
    try (JournalFixture fixture = JournalFixture.open(config)) {
      assertThat(fixture.recovery.damage()).isEmpty();
      fixture.write(other());
    }
  }

  /** Appends as a broker does: looks for room, then appends. */
  private long fill(JournalFixture fixture) {
    long taken = 0;
    while (fixture.journal.space() instanceof JournalSpace.Available) {
      while (fixture.journal.roomFor(BATCH_BYTES) instanceof JournalSpace.Available) {
        assertThat(taken).isLessThan(LIMIT);
        fixture.append(entry(header(GROUP, ++seq, 0, offset++, 1), BATCH_BYTES, seq));
        taken += BATCH_BYTES;
      }
      // What waits is counted with a margin: there can be a little more room when it is written.
      fixture.write();
    }
    JournalSpace.Full full = (JournalSpace.Full) fixture.journal.space();
    assertThat(full.reason()).startsWith(directory + " is nearly full: ");
    return taken;
  }

  private void writeOthers(JournalFixture fixture, int count) {
    for (int i = 0; i < count; i++) {
      fixture.append(other());
    }
    fixture.write();
  }

  private Entry other() {
    ByteBuffer body = ByteBuffer.allocate(100);
    return new Entry(EntryHeader.plain(GROUP, ++seq, 1, EntryKind.CLOCK), List.of(body));
  }

  private void makeRoom(JournalFixture fixture) {
    fixture.sealAll();
    long oldest = fixture.journal.segments().getFirst().id();
    fixture.journal.release(oldest);
    fixture.journal.release(oldest + 1);
    fixture.awaitReleased(oldest + 1);
  }

  private long files() {
    long bytes = 0;
    for (java.io.File file : directory.resolve("segments").toFile().listFiles()) {
      bytes += file.length();
    }
    return bytes;
  }
}
