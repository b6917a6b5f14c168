package dev.leat.broker.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.batch.BatchFormat;
import dev.leat.broker.log.Checkpoint;
import dev.leat.broker.log.Entry;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Journal;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Readers see nothing but what was written, while entries are appended, sealed and released. */
class JournalConcurrencyTest {
  private static final GroupId GROUP = GroupId.of(1, 7);
  private static final int PARTITIONS = 3;
  private static final int READERS = 3;
  private static final int ENTRIES = 12_000;
  private static final int KEPT_SEGMENTS = 3;

  @TempDir Path directory;

  /** Entries that are committed, and the first one that is not released. */
  private final AtomicLong written = new AtomicLong();

  private final AtomicLong first = new AtomicLong();
  private final TreeMap<Long, Long> sealed = new TreeMap<>();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final AtomicLong read = new AtomicLong();
  private volatile boolean done;

  @Test
  void shouldReadWhatWasWrittenWhileItIsWrittenSealedAndReleased() throws Exception {
    JournalConfig config =
        JournalConfig.of(directory, JournalConfig.MIN_SEGMENT_BYTES).withSegmentEntries(1_500);
    try (JournalFixture fixture = JournalFixture.open(config)) {
      List<Thread> readers = new ArrayList<>();
      for (int i = 0; i < READERS; i++) {
        long seed = i;
        readers.add(Thread.ofPlatform().start(() -> read(fixture.journal, new Random(seed))));
      }

      write(fixture);
      done = true;
      for (Thread reader : readers) {
        reader.join();
      }

      assertThat(failure.get()).isNull();
      assertThat(read.get()).isGreaterThan(ENTRIES);
      assertThat(fixture.journal.openReads()).isZero();
    }
  }

  private static Entry entry(long i) {
    int size = i % 11 == 0 ? 9_000 : (int) (i % 7) * 300;
    return TestBatches.entry(
        TestBatches.header(GROUP, i + 1, (int) (i % PARTITIONS), i / PARTITIONS, 1), size, i);
  }

  private void write(JournalFixture fixture) {
    Random random = new Random(1);
    for (long i = 0; i < ENTRIES && failure.get() == null; i++) {
      long ticket = fixture.append(entry(i));
      if (random.nextInt(20) == 0) {
        fixture.awaitDurable(ticket);
        written.set(i + 1);
      }
      keepHouse(fixture);
    }
  }

  private void keepHouse(JournalFixture fixture) {
    for (long segment : List.copyOf(fixture.full.keySet())) {
      sealed.put(segment, fixture.full.remove(segment).get(GROUP));
      fixture.journal.seal(segment, new Checkpoint(Map.of()));
    }
    if (sealed.size() > KEPT_SEGMENTS) {
      Map.Entry<Long, Long> oldest = sealed.pollFirstEntry();
      // Said before: a reader that finds nothing looks here.
      first.set(oldest.getValue());
      fixture.awaitSealed(oldest.getKey());
      fixture.journal.release(oldest.getKey());
    }
  }

  private void read(LmdbJournal journal, Random random) {
    try {
      while (!done) {
        long end = written.get();
        long from = first.get();
        if (end - from > PARTITIONS) {
          readOne(journal, random, from + random.nextLong(end - from - PARTITIONS), end);
        }
      }
    } catch (Throwable e) {
      failure.compareAndSet(null, e);
    }
  }

  private void readOne(LmdbJournal journal, Random random, long i, long end) {
    int partition = (int) (i % PARTITIONS);
    long offset = i / PARTITIONS;
    long endOffset = (end - partition + PARTITIONS - 1) / PARTITIONS;
    int maxBytes = 1 + random.nextInt(100_000);
    try (Journal.Slice slice = journal.readBatches(GROUP, partition, offset, endOffset, maxBytes)) {
      if (slice == null) {
        // Released meanwhile, and only then.
        assertThat(i).isLessThan(first.get());
        return;
      }
      long next = offset;
      for (ByteBuffer batches : slice.batches()) {
        for (int at = 0; at < batches.limit(); ) {
          next = check(batches, at, partition, next);
          at += BatchFormat.sizeBytes(batches, at);
        }
      }
      assertThat(slice.nextOffset()).isEqualTo(next);
      read.addAndGet(next - offset);
    }
  }

  private static long check(ByteBuffer batches, int at, int partition, long offset) {
    long i = offset * PARTITIONS + partition;
    ByteBuffer wanted = entry(i).body().getFirst();
    assertThat(batches.slice(at, BatchFormat.sizeBytes(batches, at)).mismatch(wanted))
        .isEqualTo(-1);
    return offset + 1;
  }
}
