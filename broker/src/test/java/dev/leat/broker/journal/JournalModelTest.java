package dev.leat.broker.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.batch.BatchFormat;
import dev.leat.broker.journal.JournalModel.Stored;
import dev.leat.broker.log.BatchFilter;
import dev.leat.broker.log.Checkpoint;
import dev.leat.broker.log.Entry;
import dev.leat.broker.log.EntryHeader;
import dev.leat.broker.log.EntryKind;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Journal;
import dev.leat.broker.log.MovedRange;
import dev.leat.broker.log.SegmentSummary;
import dev.leat.broker.log.SegmentSummary.PartitionPart;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A journal and its obviously right twin do the same on random input. */
class JournalModelTest {
  private static final int GROUPS = 3;
  private static final int PARTITIONS = 4;
  private static final int MAX_RECORDS = 5;

  @TempDir Path directory;

  @Test
  void shouldDoWhatItsTwinDoes() {
    for (long seed = 1; seed <= 3; seed++) {
      run(seed, 150);
    }
  }

  @Test
  @Tag("slow")
  void shouldDoWhatItsTwinDoesForLong() {
    for (long seed = 100; seed < 160; seed++) {
      run(seed, 400);
    }
  }

  private void run(long seed, int steps) {
    try (Round round = new Round(seed, directory.resolve("seed-" + seed))) {
      for (int step = 0; step < steps; step++) {
        round.step();
      }
      round.checkAll();
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
    }
  }

  /** One journal with its twin. */
  private static final class Round implements AutoCloseable {
    private final Random random;
    private final JournalConfig config;
    private final JournalModel model = new JournalModel();
    private final Map<GroupId, Long> nextSeq = new HashMap<>();
    private final Map<GroupId, Long> settled = new HashMap<>();
    private final Map<String, Long> nextOffset = new HashMap<>();
    private final TreeMap<Long, Map<GroupId, Long>> sealed = new TreeMap<>();

    /** Segments that entries were moved to. */
    private final List<Long> moved = new ArrayList<>();

    /** Last seq of each group in each segment, less what was cut later. */
    private final Map<Long, Map<GroupId, Long>> ends = new HashMap<>();

    private JournalFixture fixture;
    private long checkpoint;

    Round(long seed, Path directory) {
      this.random = new Random(seed);
      this.config =
          JournalConfig.of(directory, JournalConfig.MIN_SEGMENT_BYTES)
              .withSegmentEntries(200 + random.nextInt(2000));
      this.fixture = JournalFixture.open(config);
    }

    void step() {
      int dice = random.nextInt(100);
      if (dice < 60) {
        append(1 + random.nextInt(30));
      } else if (dice < 66) {
        cut();
      } else if (dice < 76) {
        sealOldest();
      } else if (dice < 79) {
        releaseOldest();
      } else if (dice < 80) {
        releaseMoved();
      } else if (dice < 83) {
        move();
      } else if (dice < 86) {
        reopen();
      } else if (dice < 88) {
        restart();
      } else {
        checkOne();
      }
    }

    private GroupId group() {
      return GroupId.of(1, random.nextInt(GROUPS));
    }

    private void append(int count) {
      Entry[] entries = new Entry[count];
      for (int i = 0; i < count; i++) {
        entries[i] = next(group());
        model.append(entries[i]);
      }
      long ticket = fixture.append(entries);
      if (random.nextInt(3) == 0) {
        fixture.awaitDurable(ticket);
      }
    }

    private Entry next(GroupId group) {
      long seq = nextSeq.merge(group, 1L, Long::sum);
      int epoch = (int) (seq / 50);
      if (random.nextInt(10) == 0) {
        byte[] body = ("entry " + seq).getBytes(StandardCharsets.US_ASCII);
        return new Entry(
            EntryHeader.plain(group, seq, epoch, EntryKind.TOPIC), List.of(ByteBuffer.wrap(body)));
      }
      int partition = random.nextInt(PARTITIONS);
      int records = 1 + random.nextInt(MAX_RECORDS);
      long base = nextOffset.getOrDefault(group + "-" + partition, 0L);
      nextOffset.put(group + "-" + partition, base + records);
      int size = random.nextInt(4) == 0 ? random.nextInt(100_000) : random.nextInt(2500);
      EntryHeader header =
          new EntryHeader(
              group,
              seq,
              epoch,
              EntryKind.BATCHES,
              partition,
              base,
              records - 1,
              random.nextInt(1000) + base,
              List.of());
      return TestBatches.entry(header, size, seq);
    }

    /** Replaces the last entries of a group, none of which is settled. */
    private void cut() {
      GroupId group = group();
      long last = nextSeq.getOrDefault(group, 0L);
      long lowest = settled.getOrDefault(group, 0L) + 1;
      if (last <= lowest) {
        return;
      }
      settleAll();
      last = nextSeq.get(group);
      long seq = Math.max(lowest, last - random.nextInt(20));
      nextSeq.put(group, seq - 1);
      for (int partition = 0; partition < PARTITIONS; partition++) {
        for (Stored stored : model.partition(group, partition)) {
          if (stored.seq() >= seq) {
            nextOffset.merge(group + "-" + partition, stored.base(), Math::min);
          }
        }
      }
      Entry entry = next(group);
      model.append(entry);
      fixture.write(entry);
      fixture.full.forEach((segment, lasts) -> ends.putIfAbsent(segment, new HashMap<>(lasts)));
      for (Map<GroupId, Long> end : ends.values()) {
        end.computeIfPresent(group, (g, old) -> Math.min(old, seq - 1));
      }
    }

    /** A new replica of a group begins, with nothing. */
    private void restart() {
      settleAll();
      GroupId group = group();
      fixture.write(
          new Entry(
              EntryHeader.plain(group, 0, 0, EntryKind.REPLICA),
              List.of(ByteBuffer.wrap(new byte[] {1}))));
      model.restart(group);
      nextSeq.remove(group);
      settled.remove(group);
      for (int partition = 0; partition < PARTITIONS; partition++) {
        nextOffset.remove(group + "-" + partition);
      }
      sealed.forEach((segment, lasts) -> ends.putIfAbsent(segment, new HashMap<>(lasts)));
      fixture.full.replaceAll((segment, lasts) -> new TreeMap<>(lasts));
      fixture.full.values().forEach(lasts -> lasts.remove(group));
      ends.values().forEach(lasts -> lasts.remove(group));
    }

    private void settleAll() {
      fixture.awaitDurable(fixture.append(nextOne()));
    }

    private Entry nextOne() {
      Entry entry = next(group());
      model.append(entry);
      return entry;
    }

    private void sealOldest() {
      settleAll();
      if (fixture.full.isEmpty()) {
        return;
      }
      long segment = fixture.full.keySet().iterator().next();
      Map<GroupId, Long> lastSeqs = fixture.full.remove(segment);
      // What is in the segment now is committed: it is never cut from here on.
      lastSeqs.forEach((group, seq) -> settled.merge(group, seq, Math::max));
      checkpoint++;
      ByteBuffer state = ByteBuffer.allocate(8).putLong(checkpoint).flip();
      fixture.journal.seal(segment, new Checkpoint(Map.of(GroupId.of(1, 0), state)));
      sealed.put(segment, lastSeqs);
      if (random.nextBoolean()) {
        fixture.awaitSealed(segment);
      }
    }

    private void releaseOldest() {
      if (sealed.isEmpty()) {
        return;
      }
      long segment = sealed.firstKey();
      fixture.awaitSealed(segment);
      if (!isFirst(segment)) {
        // Only what nothing lies before can die.
        return;
      }
      fixture.journal.release(segment);
      assertThat(fixture.journal.segments()).noneMatch(left -> left.id() == segment);
      Map<GroupId, Long> lastSeqs = sealed.remove(segment);
      ends.getOrDefault(segment, lastSeqs).forEach(model::release);
      fixture.awaitReleased(segment);
    }

    /** Whether everything in a segment is the first that is there of its partition. */
    private boolean isFirst(long segment) {
      return summary(segment).partitions().stream()
          .allMatch(
              part ->
                  part.firstOffset()
                      == model.firstOffset(part.group(), part.partition()).orElseThrow());
    }

    private SegmentSummary summary(long segment) {
      return fixture.journal.segments().stream()
          .filter(s -> s.id() == segment)
          .findFirst()
          .orElseThrow();
    }

    private void releaseMoved() {
      for (long segment : moved) {
        // As long as older segments are there, it says what of them does not count any more.
        boolean oldest = fixture.journal.segments().getFirst().id() == segment;
        if (oldest && isFirst(segment)) {
          fixture.journal.release(segment);
          model.releaseMoved(segment);
          fixture.awaitReleased(segment);
          moved.remove(segment);
          return;
        }
      }
    }

    /** Moves some parts of some partitions, and leaves out some batches. */
    private void move() {
      settleAll();
      List<MovedRange> ranges = ranges();
      if (ranges.isEmpty()) {
        return;
      }
      int keptOf10 = random.nextInt(4) == 0 ? random.nextInt(10) : 10;
      BatchFilter filter =
          batches -> {
            List<ByteBuffer> kept = new ArrayList<>();
            for (int at = batches.position(); at < batches.limit(); ) {
              int size = BatchFormat.sizeBytes(batches, at);
              if (isKept(BatchFormat.baseOffset(batches, at), keptOf10)) {
                kept.add(batches.slice(at, size));
              }
              at += size;
            }
            return kept;
          };
      Journal.Moved result;
      try (Journal.Move move = fixture.journal.move()) {
        int copied = 0;
        while (copied < ranges.size() && move.copy(ranges.get(copied), filter)) {
          copied++;
        }
        assertThat(copied).isPositive();
        ranges = ranges.subList(0, copied);
        if (random.nextInt(4) == 0) {
          return;
        }
        result = move.finish();
      }
      if (result.entries() == 0) {
        return;
      }
      long segment =
          fixture.journal.segments().stream()
              .filter(s -> s.kind() == SegmentSummary.Kind.MOVED)
              .mapToLong(SegmentSummary::id)
              .max()
              .orElseThrow();
      moved.add(segment);
      for (MovedRange range : ranges) {
        model.move(
            range.group(),
            range.partition(),
            range.firstOffset(),
            range.lastOffset(),
            segment,
            stored -> stored.last() >= range.keepFrom() && isKept(stored.base(), keptOf10));
      }
      assertThat(summary(segment).partitions())
          .allSatisfy(part -> assertThat(part.compactedTo()).isEqualTo(7));
    }

    private static boolean isKept(long base, int of10) {
      return new Random(base).nextInt(10) < of10;
    }

    /** A run of parts of each of some partitions. */
    private List<MovedRange> ranges() {
      Map<String, List<PartitionPart>> parts = new TreeMap<>();
      for (SegmentSummary segment : fixture.journal.segments()) {
        for (PartitionPart part :
            segment.sealed() ? segment.partitions() : List.<PartitionPart>of()) {
          parts
              .computeIfAbsent(part.group() + "-" + part.partition(), key -> new ArrayList<>())
              .add(part);
        }
      }
      List<MovedRange> ranges = new ArrayList<>();
      for (List<PartitionPart> of : parts.values()) {
        of.sort(Comparator.comparingLong(PartitionPart::firstOffset));
        int from = random.nextInt(of.size());
        int to = from + random.nextInt(of.size() - from);
        PartitionPart first = of.get(from);
        PartitionPart last = of.get(to);
        // Only what begins a partition can be dead in part.
        long keepFrom =
            from == 0 && random.nextInt(4) == 0
                ? (first.lastOffset() + first.firstOffset()) / 2
                : 0;
        long bytes = of.subList(from, to + 1).stream().mapToLong(PartitionPart::sizeBytes).sum();
        if (random.nextInt(3) > 0) {
          ranges.add(
              new MovedRange(
                  first.group(),
                  first.partition(),
                  first.firstOffset(),
                  last.lastOffset(),
                  keepFrom,
                  7,
                  bytes));
        }
      }
      return ranges;
    }

    private void reopen() {
      fixture.close();
      verify();
      assertThat(fixture.journal.openReads()).isZero();
      Map<Long, Map<GroupId, Long>> full = new TreeMap<>(fixture.full);
      fixture = JournalFixture.open(config);
      assertThat(fixture.recovery.damage()).isEmpty();
      assertThat(fixture.recovery.unsealed()).isEqualTo(full);
      fixture.full.putAll(full);
      if (checkpoint > 0) {
        assertThat(fixture.recovery.checkpoints().get(GroupId.of(1, 0)).getLong(0))
            .isEqualTo(checkpoint);
      }
    }

    private void verify() {
      try {
        VerifyReport report = JournalVerifier.verify(config.directory(), (done, total) -> {});
        assertThat(report.findings()).isEmpty();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void checkAll() {
      settleAll();
      for (int g = 0; g < GROUPS; g++) {
        GroupId group = GroupId.of(1, g);
        if (!model.log(group).isEmpty()) {
          checkLog(group, model.log(group).getFirst().header().seq());
        }
        for (int partition = 0; partition < PARTITIONS; partition++) {
          long first = model.firstOffset(group, partition).orElse(0);
          checkPartition(group, partition, first, Long.MAX_VALUE);
        }
      }
    }

    private void checkOne() {
      settleAll();
      GroupId group = group();
      int partition = random.nextInt(PARTITIONS);
      long end = Math.max(1, model.nextOffset(group, partition));
      long first = model.firstOffset(group, partition).orElse(0);
      long from = first + random.nextLong(end - first);
      checkPartition(group, partition, from, from + random.nextLong(end - from + 1));
      long timestamp = random.nextLong(end + 1000);
      checkTimestamp(group, partition, timestamp);
      if (!model.log(group).isEmpty()) {
        long firstSeq = model.log(group).getFirst().header().seq();
        long last = model.log(group).getLast().header().seq();
        checkLog(group, firstSeq + random.nextLong(last - firstSeq + 1));
        assertThat(fixture.journal.readLog(group, firstSeq - 1, last, 1000)).isNull();
        assertThat(fixture.journal.readLog(group, last + 1, last + 5, 1000)).isNull();
      }
    }

    private void checkTimestamp(GroupId group, int partition, long timestamp) {
      OptionalLong found = fixture.journal.entryForTimestamp(group, partition, timestamp);
      OptionalLong wanted = model.entryForTimestamp(group, partition, timestamp);
      assertThat(found.isPresent()).isEqualTo(wanted.isPresent());
      wanted.ifPresent(
          base -> {
            Stored batch =
                model.partition(group, partition).stream()
                    .filter(stored -> stored.base() == base)
                    .findFirst()
                    .orElseThrow();
            // Moved batches share entries.
            if (batch.isMoved()) {
              assertThat(found.getAsLong()).isLessThanOrEqualTo(base);
            } else {
              assertThat(found).hasValue(base);
            }
          });
    }

    private void checkPartition(GroupId group, int partition, long from, long to) {
      assertThat(fixture.read(group, partition, from, to, 1 + random.nextInt(200_000)))
          .isEqualTo(model.batches(group, partition, from, to));
      assertThat(fixture.journal.firstOffset(group, partition))
          .isEqualTo(model.firstOffset(group, partition));
      assertThat(fixture.journal.sizeBytes(group, partition))
          .isEqualTo(model.sizeBytes(group, partition));
    }

    private void checkLog(GroupId group, long fromSeq) {
      List<Entry> wanted =
          model.log(group).stream().filter(e -> e.header().seq() >= fromSeq).toList();
      long last = wanted.getLast().header().seq();
      List<Entry> found = new ArrayList<>();
      while (found.size() < wanted.size()) {
        long next = fromSeq + found.size();
        try (Journal.LogSlice slice =
            fixture.journal.readLog(group, next, last, random.nextInt(100_000))) {
          assertThat(slice).as("log of %s from %s", group, next).isNotNull();
          for (Entry entry : slice.entries()) {
            assertThat(entry).isEqualTo(wanted.get(found.size()));
            found.add(entry);
          }
        }
      }
    }

    @Override
    public void close() {
      fixture.close();
    }
  }
}
