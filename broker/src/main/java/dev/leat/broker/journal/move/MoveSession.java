package dev.leat.broker.journal.move;

import dev.leat.api.batch.BatchFormat;
import dev.leat.broker.journal.index.JournalIndex;
import dev.leat.broker.journal.index.MovedPart;
import dev.leat.broker.journal.index.SealedIndex;
import dev.leat.broker.journal.index.SealedParts;
import dev.leat.broker.journal.read.BatchRead;
import dev.leat.broker.journal.read.SegmentReaders;
import dev.leat.broker.journal.segment.EntryReader;
import dev.leat.broker.journal.segment.HotSegment;
import dev.leat.broker.journal.segment.Segment;
import dev.leat.broker.journal.store.SegmentStore;
import dev.leat.broker.log.BatchFilter;
import dev.leat.broker.log.Invariant;
import dev.leat.broker.log.Journal;
import dev.leat.broker.log.MovedRange;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/**
 * Copies ranges of partitions into a segment of their own, which then counts in place of the parts
 * that they came from.
 *
 * <p>Nothing of it is seen before the segment is sealed and the catalog says so: one write, after
 * which the copies count, now and after every restart. So it does not matter when the process dies.
 * The parts that were copied stay where they are until their segments are released; readers that
 * have found them go on.
 */
public final class MoveSession implements Journal.Move {
  /** Bytes read at a time. */
  private static final int READ_BYTES = 64 << 10;

  private static final Comparator<MovedPart> ORDER =
      Comparator.comparing(MovedPart::group).thenComparingInt(MovedPart::partition);

  private final JournalIndex index;
  private final SegmentStore store;
  private final Runnable pace;
  private final long capacityBytes;
  private final List<MovedPart> parts = new ArrayList<>();
  private @Nullable MovedEntries target;
  private final long began;
  private long plannedBytes;
  private long readBytes;

  /** Bytes that were planned for the last part, as long as nothing of it was kept. */
  private long emptyBytes;

  private boolean done;

  /**
   * A session.
   *
   * @param pace is run before each piece; may wait
   * @param capacityBytes batches that one segment should hold at most
   */
  public MoveSession(JournalIndex index, SegmentStore store, Runnable pace, long capacityBytes) {
    this.index = index;
    this.began = index.restarts();
    this.store = store;
    this.pace = pace;
    this.capacityBytes = capacityBytes;
  }

  @Override
  public boolean copy(MovedRange range, BatchFilter filter) {
    MovedPart goesOn =
        parts.isEmpty() || !parts.getLast().isOf(range.group(), range.partition())
            ? null
            : parts.getLast();
    if (goesOn != null && emptyBytes == 0) {
      return false;
    }
    long before = plannedBytes - (goesOn == null ? 0 : emptyBytes);
    boolean fits = before == 0 || before + range.sizeBytes() <= capacityBytes;
    if (!fits || !store.hasRoomFor(before + range.sizeBytes())) {
      return false;
    }
    List<Source> sources = sources(range);
    if (sources.isEmpty() || index.isRestarted(range.group(), began)) {
      return true;
    }
    if (goesOn != null) {
      parts.removeLast();
    }
    MovedPart part =
        new MovedPart(
            range.group(),
            range.partition(),
            goesOn == null ? sources.getFirst().from() : goesOn.from(),
            sources.getLast().to(),
            range.compactedTo());
    Invariant.check(
        parts.isEmpty() || ORDER.compare(parts.getLast(), part) < 0,
        "partition %d of group %d is moved out of order",
        range.partition(),
        range.group().value());
    plannedBytes = before + range.sizeBytes();
    emptyBytes = range.sizeBytes();
    parts.add(part);
    for (Source source : sources) {
      copy(range, source, filter);
    }
    if (target != null) {
      target.endRange();
    }
    return true;
  }

  /** A part to be copied, and what its segment stands for: [from, to) of the partition. */
  private record Source(SealedParts.Part part, long firstOffset, long from, long to) {}

  private List<Source> sources(MovedRange range) {
    List<Source> sources = new ArrayList<>();
    for (SealedParts.Part part :
        index.parts(range.group(), range.partition(), range.firstOffset(), range.lastOffset())) {
      Segment segment = store.segment(part.segment());
      EntryReader reader = segment == null ? null : EntryReader.open(segment);
      // Null: released meanwhile, so it is dead.
      if (reader != null) {
        try (reader) {
          sources.add(source(range, part, reader));
        }
      }
    }
    return sources;
  }

  private static Source source(MovedRange range, SealedParts.Part part, EntryReader reader) {
    long first =
        reader
            .sealed(index -> index.firstOffset(range.group(), range.partition()))
            .orElse(part.last() + 1);
    for (MovedPart moved : reader.sealed(SealedIndex::moved)) {
      if (moved.isOf(range.group(), range.partition())) {
        // What this one stood for, its copy stands for.
        return new Source(part, first, moved.from(), moved.to());
      }
    }
    return new Source(part, first, first, part.last() + 1);
  }

  private void copy(MovedRange range, Source source, BatchFilter filter) {
    long next = Math.max(range.keepFrom(), source.firstOffset());
    long end = source.part().last() + 1;
    while (next < end) {
      pace.run();
      try (BatchRead read = read(range, next, end)) {
        if (read == null) {
          long releasedBelow = index.releasedBelow(range.group(), range.partition());
          if (releasedBelow > next) {
            next = releasedBelow;
            continue;
          }
          boolean released =
              !index.holds(source.part().segment(), range.group(), range.partition());
          Invariant.check(released, "offsets from %d on below %d are not found", next, end);
          return;
        }
        for (ByteBuffer batches : read.batches()) {
          readBytes += batches.remaining();
          for (ByteBuffer kept : filter.keep(batches)) {
            write(range, kept);
          }
        }
        next = read.nextOffset();
      }
    }
  }

  private @Nullable BatchRead read(MovedRange range, long next, long end) {
    return BatchRead.read(
        index,
        new SegmentReaders(store::segment),
        new BatchRead.Request(range.group(), range.partition(), next, end, READ_BYTES));
  }

  private void write(MovedRange range, ByteBuffer batches) {
    MovedEntries current = target;
    if (current == null) {
      current = new MovedEntries(store.beginMoved());
      target = current;
    }
    emptyBytes = 0;
    for (int at = batches.position(); at < batches.limit(); ) {
      int size = BatchFormat.sizeBytes(batches, at);
      current.add(range.group(), range.partition(), batches.slice(at, size));
      at += size;
    }
  }

  @Override
  public Journal.Moved finish() {
    Invariant.check(!done, "a move is finished once");
    MovedEntries written = target;
    if (written == null) {
      done = true;
      return new Journal.Moved(readBytes, 0, 0);
    }
    NavigableMap<Long, ByteBuffer> blobs = written.finish();
    parts.removeIf(part -> index.isRestarted(part.group(), began));
    JournalIndex.putMoved(blobs, parts);
    store.finishMoved(written.segment(), blobs);
    done = true;
    dropRestarted(written.segment().segment().id());
    return new Journal.Moved(readBytes, written.bytes(), written.entries());
  }

  /** A new replica may have begun meanwhile: what was moved was the old one's. */
  private void dropRestarted(long segment) {
    for (MovedPart part : parts) {
      if (index.isRestarted(part.group(), began)) {
        index.drop(segment, part.group(), part.partition());
      }
    }
  }

  @Override
  public void close() {
    HotSegment unfinished = done || target == null ? null : target.segment();
    done = true;
    if (unfinished != null) {
      store.abandonMoved(unfinished);
    }
  }
}
