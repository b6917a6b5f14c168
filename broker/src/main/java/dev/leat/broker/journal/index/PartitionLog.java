package dev.leat.broker.journal.index;

import dev.leat.broker.log.EntryKind;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Invariant;
import dev.leat.broker.log.SegmentSummary;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Where the entries of one partition lie: sealed segments first, then the unsealed ones. Written by
 * the journal's threads, read by all: every method takes the lock.
 */
final class PartitionLog {
  private final SealedParts sealed = new SealedParts();
  private final Deque<PartitionPart> unsealed = new ArrayDeque<>(1);

  /** What is below has been released: nobody misses it. */
  private long releasedBelow;

  /** Entries below have been moved: where offsets are missing there, they were compacted away. */
  private long movedTo;

  private long sizeBytes;
  private boolean mayOverlap;

  /** Adds an entry that lies in the hot segment. */
  synchronized void add(UnsealedSegment hot, Placed entry) {
    PartitionPart part = unsealed.peekLast();
    if (part == null || part.segment() != hot) {
      part = new PartitionPart(hot, entry.header());
      hot.add(part);
      unsealed.addLast(part);
    }
    if (entry.baseOffset() <= part.lastOffset()) {
      overlap(entry, part);
    }
    mayOverlap = false;
    part.add(entry);
    sizeBytes += entry.sizeBytes();
    if (entry.header().kind() == EntryKind.MOVED) {
      movedTo = Math.max(movedTo, entry.lastOffset() + 1);
    }
  }

  /**
   * What comes with a snapshot may come twice, may be there already, or may take the place of what
   * was never committed; and what is appended may take the place of what came with a snapshot that
   * did not get to its end. The newest counts.
   */
  private void overlap(Placed entry, PartitionPart part) {
    Invariant.check(
        mayOverlap || entry.header().kind() == EntryKind.MOVED || entry.baseOffset() < movedTo,
        "base offset %d after last offset %d",
        entry.baseOffset(),
        part.lastOffset());
    for (PartitionPart open : unsealed) {
      sizeBytes -= open.cutFrom(entry.baseOffset());
    }
  }

  /** A base takes the place of the group's log: what was not committed may be replaced. */
  synchronized void allowOverlap() {
    mayOverlap = true;
  }

  /** Nothing that is here counts any more, sealed or not. */
  synchronized void restart() {
    sealed.clear();
    unsealed.forEach(PartitionPart::clear);
    releasedBelow = 0;
    movedTo = 0;
    sizeBytes = 0;
    mayOverlap = false;
  }

  /** What was moved to this segment does not count. */
  synchronized void drop(long segment) {
    for (int i = 0; i < sealed.count(); i++) {
      if (sealed.segment(i) == segment) {
        sizeBytes -= sealed.sizeBytes(i);
      }
    }
    sealed.remove(segment);
  }

  /** Takes away all entries at or after a position. */
  synchronized void cut(long position) {
    for (PartitionPart part : unsealed) {
      sizeBytes -= part.cut(position);
    }
  }

  /** The part of this segment is sealed from now on. */
  synchronized void seal(PartitionPart part) {
    Invariant.check(unsealed.peekFirst() == part, "segments are sealed out of order");
    unsealed.removeFirst();
    if (part.count() > 0) {
      sealed.add(part.segment().id(), part.lastOffset(), part.sizeBytes());
    }
  }

  /** A sealed segment found when the journal was opened. */
  synchronized void addSealed(long segment, SegmentSummary.PartitionPart part) {
    sealed.add(segment, part.lastOffset(), part.sizeBytes());
    sizeBytes += part.sizeBytes();
  }

  /** A segment holds what others held in [from, to) of the partition: these count no more. */
  synchronized void replace(
      long segment, long from, long to, SegmentSummary.@Nullable PartitionPart part) {
    for (int i = sealed.indexOf(from); i < sealed.indexOf(to); i++) {
      sizeBytes -= sealed.sizeBytes(i);
    }
    sealed.replace(
        from,
        to,
        part == null ? null : new SealedParts.Part(segment, part.lastOffset(), part.sizeBytes()));
    sizeBytes += part == null ? 0 : part.sizeBytes();
    movedTo = Math.max(movedTo, to);
  }

  synchronized long releasedBelow() {
    return releasedBelow;
  }

  /** Whether what this segment holds of the partition counts, and is not below what is released. */
  synchronized boolean holds(long segment) {
    for (int i = sealed.indexOf(releasedBelow); i < sealed.count(); i++) {
      if (sealed.segment(i) == segment) {
        return true;
      }
    }
    return false;
  }

  /** The sealed parts that end in [first, last], in order. */
  synchronized List<SealedParts.Part> parts(long first, long last) {
    List<SealedParts.Part> parts = new ArrayList<>();
    for (int i = sealed.indexOf(first); i < sealed.count() && sealed.last(i) <= last; i++) {
      parts.add(sealed.part(i));
    }
    return parts;
  }

  /** A sealed segment is given up. */
  synchronized void release(long segment, SegmentSummary.PartitionPart part) {
    if (sealed.remove(segment)) {
      sizeBytes -= part.sizeBytes();
      releasedBelow = Math.max(releasedBelow, part.lastOffset() + 1);
    }
  }

  /** What a part holds, if anything. */
  synchronized Optional<SegmentSummary.PartitionPart> summary(PartitionPart part) {
    if (part.count() == 0) {
      return Optional.empty();
    }
    return Optional.of(
        new SegmentSummary.PartitionPart(
            new GroupId(part.group()),
            part.partition(),
            part.firstOffset(),
            part.lastOffset(),
            part.sizeBytes(),
            part.maxTimestamp()));
  }

  /**
   * Finds the entry that holds {@code offset}, or the first one behind it, and those after it.
   *
   * @return false if there is none
   */
  synchronized boolean find(long offset, Positions into) {
    if (offset < releasedBelow) {
      return false;
    }
    int index = sealed.indexOf(offset);
    if (index < sealed.count()) {
      into.in(sealed.segment(index), true);
      into.movedTo(movedTo);
      return true;
    }
    for (PartitionPart part : unsealed) {
      if (part.count() > 0 && part.lastOffset() >= offset) {
        into.in(part.segment().id(), false);
        into.movedTo(movedTo);
        into.firstOffset(part.firstOffset());
        for (int i = part.indexOf(offset); i < part.count() && !into.isFull(); i++) {
          into.add(part.positionOf(i));
        }
        return true;
      }
    }
    return false;
  }

  /** Segments, sealed ones, in which to look for a timestamp; in order. */
  synchronized List<Long> sealedSegments() {
    List<Long> segments = new ArrayList<>(sealed.count());
    for (int i = 0; i < sealed.count(); i++) {
      segments.add(sealed.segment(i));
    }
    return segments;
  }

  /** Base offset of the first unsealed entry whose maximum timestamp is at or after this one. */
  synchronized OptionalLong unsealedForTimestamp(long timestamp) {
    for (PartitionPart part : unsealed) {
      int index = part.indexOfTimestamp(timestamp);
      if (index < part.count()) {
        return OptionalLong.of(part.baseOffsetOf(index));
      }
    }
    return OptionalLong.empty();
  }

  /** First unsealed offset, or empty. */
  synchronized OptionalLong firstUnsealed() {
    for (PartitionPart part : unsealed) {
      if (part.count() > 0) {
        return OptionalLong.of(part.firstOffset());
      }
    }
    return OptionalLong.empty();
  }

  synchronized long sizeBytes() {
    return sizeBytes;
  }
}
