package dev.leat.broker.journal;

import static dev.leat.broker.journal.TestBatches.entry;
import static dev.leat.broker.journal.TestBatches.header;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.broker.journal.segment.SegmentLabel;
import dev.leat.broker.journal.store.Catalog;
import dev.leat.broker.journal.store.TwinFile;
import dev.leat.broker.log.BatchFilter;
import dev.leat.broker.log.CorruptEntryException;
import dev.leat.broker.log.Entry;
import dev.leat.broker.log.EntryHeader;
import dev.leat.broker.log.EntryKind;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Journal;
import dev.leat.broker.log.MovedRange;
import dev.leat.broker.log.SegmentSummary;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LmdbJournalTest {
  private static final GroupId GROUP = GroupId.of(1, 7);

  @TempDir Path directory;

  @Test
  void shouldReadBackWhatWasAppended() {
    try (JournalFixture fixture = JournalFixture.open(directory)) {
      Entry small = entry(header(GROUP, 1, 3, 0, 10), 100, 1);
      Entry large = entry(header(GROUP, 2, 3, 10, 5), 50_000, 2);

      fixture.write(small, large);

      assertThat(read(fixture, 3, 0, 15)).containsExactly(bytes(small), bytes(large));
      assertThat(read(fixture, 3, 12, 15)).containsExactly(bytes(large));
      assertThat(fixture.journal.firstOffset(GROUP, 3)).hasValue(0);
      assertThat(fixture.journal.sizeBytes(GROUP, 3))
          .isEqualTo(small.sizeBytes() + large.sizeBytes());
    }
  }

  @Test
  void shouldReadWhatCameWithASnapshotHoweverOftenItCame() {
    Entry old = entry(header(GROUP, 1, 3, 0, 5), 100, 1);
    Entry neverCommitted = entry(header(GROUP, 2, 3, 5, 5), 100, 2);
    Entry again = moved(5, 5, 4);
    Entry rest = moved(14, 6, 5);
    Entry next = entry(header(GROUP, 31, 3, 20, 5), 100, 6);
    Entry base =
        new Entry(
            EntryHeader.plain(GROUP, 0, 1, EntryKind.BASE), List.of(ByteBuffer.wrap(new byte[3])));
    List<ByteBuffer> wanted = List.of(bytes(old), bytes(again), bytes(rest), bytes(next));

    try (JournalFixture fixture = JournalFixture.open(directory)) {
      fixture.write(old, neverCommitted);
      fixture.write(moved(5, 10, 3));
      fixture.write(again, rest, base, next);

      assertThat(read(fixture, 3, 0, 25)).isEqualTo(wanted);
      // 10 to 13 have been compacted away.
      assertThat(read(fixture, 3, 11, 25)).containsExactly(bytes(rest), bytes(next));
    }

    try (JournalFixture fixture = JournalFixture.open(directory)) {
      assertThat(read(fixture, 3, 0, 25)).isEqualTo(wanted);
      assertThat(fixture.journal.sizeBytes(GROUP, 3))
          .isEqualTo(wanted.stream().mapToLong(ByteBuffer::remaining).sum());
    }
  }

  private static Entry moved(long baseOffset, int records, long seed) {
    EntryHeader header =
        new EntryHeader(GROUP, 0, 1, EntryKind.MOVED, 3, baseOffset, records - 1, seed, List.of());
    return entry(header, 100, seed);
  }

  @Test
  void shouldReadNothingWhereNothingIsStored() {
    try (JournalFixture fixture = JournalFixture.open(directory)) {
      fixture.write(entry(header(GROUP, 1, 3, 0, 10), 100, 1));

      assertThat(fixture.journal.readBatches(GROUP, 3, 10, 20, 1000)).isNull();
      assertThat(fixture.journal.readBatches(GROUP, 4, 0, 20, 1000)).isNull();
      assertThat(fixture.journal.readLog(GROUP, 2, 9, 1000)).isNull();
    }
  }

  @Test
  void shouldFindEverythingAfterReopening() {
    List<Entry> written = new ArrayList<>();
    try (JournalFixture fixture = JournalFixture.open(directory)) {
      for (int i = 0; i < 500; i++) {
        Entry next = entry(header(GROUP, i + 1, i % 5, i / 5 * 3, 3), i * 7, i);
        written.add(next);
        fixture.append(next);
      }
      fixture.write(plain(501, "topic"));
    }

    try (JournalFixture fixture = JournalFixture.open(directory)) {
      assertThat(fixture.recovery.damage()).isEmpty();
      assertThat(fixture.tail).hasSize(501);
      assertThat(fixture.tail.getLast()).isEqualTo(plain(501, "topic"));
      assertThat(fixture.tail.get(7).header()).isEqualTo(written.get(7).header());
      assertThat(read(fixture, 2, 0, 300))
          .isEqualTo(
              written.stream()
                  .filter(e -> e.header().partition() == 2)
                  .map(LmdbJournalTest::bytes)
                  .toList());
    }
  }

  @Test
  void shouldRollToTheNextSegmentWhenOneIsFull() {
    List<ByteBuffer> written = new ArrayList<>();
    try (JournalFixture fixture = JournalFixture.open(directory)) {
      for (int i = 0; i < 200; i++) {
        Entry next = entry(header(GROUP, i + 1, 0, i, 1), 60_000, i);
        written.add(bytes(next));
        fixture.write(next);
      }

      assertThat(fixture.full).hasSizeBetween(2, 4);
      assertThat(read(fixture, 0, 0, 200)).isEqualTo(written);
    }
    try (JournalFixture fixture = JournalFixture.open(directory)) {
      assertThat(read(fixture, 0, 0, 200)).isEqualTo(written);
      assertThat(fixture.recovery.unsealed()).hasSizeBetween(2, 4);
    }
  }

  @Test
  void shouldCutTheTailOfItsGroupOnly() {
    GroupId other = GroupId.of(1, 8);
    Entry kept = entry(header(GROUP, 1, 0, 0, 1), 10, 1);
    Entry replacement = entry(header(GROUP, 2, 0, 1, 4), 10, 9);
    Entry foreign = entry(header(other, 1, 0, 0, 1), 10, 5);
    try (JournalFixture fixture = JournalFixture.open(directory)) {
      fixture.write(
          kept,
          entry(header(GROUP, 2, 0, 1, 1), 10, 2),
          entry(header(GROUP, 3, 1, 0, 1), 3000, 3),
          foreign);

      fixture.write(replacement);

      assertThat(read(fixture, 0, 0, 100)).containsExactly(bytes(kept), bytes(replacement));
      assertThat(fixture.journal.readBatches(GROUP, 1, 0, 100, 1000)).isNull();
      assertThat(fixture.journal.readLog(GROUP, 3, 9, 1000)).isNull();
      assertThat(fixture.journal.sizeBytes(other, 0)).isEqualTo(foreign.sizeBytes());
    }
    try (JournalFixture fixture = JournalFixture.open(directory)) {
      assertThat(read(fixture, 0, 0, 100)).containsExactly(bytes(kept), bytes(replacement));
      assertThat(fixture.journal.readBatches(GROUP, 1, 0, 100, 1000)).isNull();
    }
  }

  @Test
  void shouldForgetWhatAReplicaHadThatIsReplaced() {
    GroupId other = GroupId.of(1, 8);
    Entry foreign = entry(header(other, 1, 0, 0, 1), 10, 5);
    Entry replica =
        new Entry(
            EntryHeader.plain(GROUP, 0, 0, EntryKind.REPLICA),
            List.of(ByteBuffer.wrap(new byte[] {1})));
    Entry first = entry(header(GROUP, 1, 0, 0, 7), 10, 77);
    try (JournalFixture fixture = JournalFixture.open(directory)) {
      fixture.write(foreign);
      for (int i = 0; i < 200; i++) {
        fixture.append(entry(header(GROUP, i + 1, 0, i, 1), 60_000, i));
      }
      fixture.write();
      fixture.sealAll();

      fixture.write(replica, first);

      assertThat(read(fixture, 0, 0, 1_000)).containsExactly(bytes(first));
      assertThat(fixture.journal.sizeBytes(GROUP, 0)).isEqualTo(first.sizeBytes());
      assertThat(fixture.journal.readLog(GROUP, 2, 200, 1_000)).isNull();
    }
    // The replica begins in a segment that is not sealed, then in one that is.
    for (int round = 0; round < 3; round++) {
      try (JournalFixture fixture = JournalFixture.open(directory)) {
        assertThat(read(fixture, 0, 0, 7)).containsExactly(bytes(first));
        assertThat(fixture.journal.firstOffset(GROUP, 0)).hasValue(0);
        for (int i = 0; i < 80; i++) {
          fixture.append(
              entry(header(other, 2 + round * 80 + i, 0, 1 + round * 80 + i, 1), 60_000, i));
        }
        fixture.write();
        fixture.full.putAll(fixture.recovery.unsealed());
        fixture.sealAll();
        assertThat(fixture.read(other, 0, 0, 1, 1_000)).containsExactly(bytes(foreign));
      }
    }
  }

  @Test
  void shouldReadTheLogOfAGroupInOrder() {
    try (JournalFixture fixture = JournalFixture.open(directory)) {
      Entry first = entry(header(GROUP, 1, 0, 0, 1), 10, 1);
      Entry second = plain(2, "barrier");
      Entry third = entry(header(GROUP, 3, 1, 0, 2), 5000, 1);
      fixture.write(first, second, third);

      try (Journal.LogSlice slice = fixture.journal.readLog(GROUP, 2, 3, 10_000)) {
        assertThat(slice.entries()).containsExactly(second, third);
      }
    }
  }

  @Test
  void shouldRefuseWhatTheDiskCannotDeliver() throws IOException {
    try (JournalFixture fixture = JournalFixture.open(directory)) {
      for (int i = 0; i < 100; i++) {
        fixture.append(entry(header(GROUP, i + 1, 0, i, 1), 60_000, i));
      }
      fixture.write();
      fixture.sealAll();
      assertThat(read(fixture, 0, 0, 100)).hasSize(100);

      // Reading a mapped page that is not there is what a failing disk looks like: SIGBUS.
      try (RandomAccessFile file =
          new RandomAccessFile(directory.resolve("segments/00000001.mdb").toFile(), "rw")) {
        file.setLength(1 << 20);
      }

      assertThatThrownBy(() -> fixture.journal.readBatches(GROUP, 0, 40, 50, 100_000))
          .isInstanceOf(CorruptEntryException.class)
          .hasMessageMatching("segment 1 \\(00000001.mdb\\), (entry 40|index): .*");
      assertThat(read(fixture, 0, 90, 100)).hasSize(10);
    }
  }

  @Test
  void shouldGiveUpARangeOfWhichNothingIsKept() {
    try (JournalFixture fixture = JournalFixture.open(directory)) {
      for (int i = 0; i < 150; i++) {
        fixture.append(entry(header(GROUP, i + 1, 0, i, 1), 60_000, i));
      }
      fixture.write();
      fixture.sealAll();
      List<MovedRange> ranges = ranges(fixture);

      try (Journal.Move move = fixture.journal.move()) {
        assertThat(move.copy(ranges.get(0), batches -> List.of())).isTrue();
        assertThat(move.copy(ranges.get(1), BatchFilter.EVERYTHING)).isTrue();
        move.finish();
      }

      assertThat(ranges(fixture)).hasSize(1);
      assertThat(read(fixture, 0, 0, 150)).hasSize((int) (150 - ranges.get(1).firstOffset()));
    }
  }

  /** The sealed parts of partition 0, in order. */
  private static List<MovedRange> ranges(JournalFixture fixture) {
    return fixture.journal.segments().stream()
        .filter(SegmentSummary::sealed)
        .flatMap(segment -> segment.partitions().stream())
        .map(
            part ->
                new MovedRange(
                    GROUP, 0, part.firstOffset(), part.lastOffset(), 0, 0, part.sizeBytes()))
        .toList();
  }

  @Test
  void shouldRefuseADirectoryThatIsInUse() {
    try (JournalFixture fixture = JournalFixture.open(directory)) {
      assertThatThrownBy(() -> JournalFixture.open(directory))
          .isInstanceOf(JournalException.class)
          .hasMessageContaining("is in use by process " + ProcessHandle.current().pid());
    }
  }

  @Test
  void shouldRefuseTheDirectoryOfAnotherBroker() {
    JournalFixture.open(directory).close();
    JournalConfig config = JournalConfig.embedded(directory);
    UUID cluster = JournalFixture.IDENTITY.clusterId();

    assertThatThrownBy(
            () -> LmdbJournal.open(config, new StoreIdentity(cluster, 5), JournalFixture.host()))
        .hasMessage(directory + " belongs to broker 0, not to broker 5: use another directory");
    assertThatThrownBy(
            () ->
                LmdbJournal.open(
                    config, new StoreIdentity(new UUID(9, 9), 0), JournalFixture.host()))
        .hasMessageStartingWith(directory + " belongs to cluster " + cluster);
  }

  @Test
  void shouldRefuseADirectoryOfANewerRelease() throws IOException {
    JournalFixture.open(directory).close();
    TwinFile catalog = new TwinFile(directory, Catalog.NAME);
    ByteBuffer content = Objects.requireNonNull(catalog.read());
    catalog.write(content.putInt(0, SegmentLabel.FORMAT + 1));

    String refusal =
        directory
            + " has format 2, this release knows up to 1: start the release that wrote it, or a"
            + " later one";
    assertThatThrownBy(() -> JournalFixture.open(directory)).hasMessage(refusal);
    assertThatThrownBy(() -> JournalVerifier.verify(directory, (done, total) -> {}))
        .hasMessage(refusal);
  }

  private static Entry plain(long seq, String body) {
    return new Entry(
        EntryHeader.plain(GROUP, seq, 1, EntryKind.TOPIC),
        List.of(ByteBuffer.wrap(body.getBytes())));
  }

  private static ByteBuffer bytes(Entry entry) {
    return entry.body().getFirst();
  }

  private static List<ByteBuffer> read(JournalFixture fixture, int partition, long from, long to) {
    return fixture.read(GROUP, partition, from, to, 1 << 20);
  }
}
