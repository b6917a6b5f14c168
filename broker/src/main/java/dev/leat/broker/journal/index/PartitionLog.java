package dev.leat.broker.journal.index;

import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Invariant;
import dev.leat.broker.log.SegmentSummary;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Where the entries of one partition lie: sealed segments first, then the unsealed ones. Written by
 * the journal's threads, read by all: every method takes the lock.
 */
final class PartitionLog {
  private final SealedParts sealed = new SealedParts();
  private final Deque<PartitionPart> unsealed = new ArrayDeque<>(1);
  private long firstOffset = -1;

  /** What is below has been released: nobody misses it. */
  private long releasedBelow;

  private long sizeBytes;

  /** Adds an entry that lies in the hot segment. */
  synchronized void add(UnsealedSegment hot, Placed entry) {
    PartitionPart part = unsealed.peekLast();
    if (part == null || part.segment() != hot) {
      part = new PartitionPart(hot, entry.header());
      hot.add(part);
      unsealed.addLast(part);
    }
    Invariant.check(
        entry.baseOffset() > part.lastOffset(),
        "base offset %d after last offset %d",
        entry.baseOffset(),
        part.lastOffset());
    part.add(entry);
    sizeBytes += entry.sizeBytes();
    if (firstOffset < 0) {
      firstOffset = entry.baseOffset();
    }
  }

  /** Takes away all entries at or after a position. */
  synchronized void cut(long position) {
    for (PartitionPart part : unsealed) {
      sizeBytes -= part.cut(position);
    }
    refreshFirstOffset();
  }

  /** The part of this segment is sealed from now on. */
  synchronized void seal(PartitionPart part) {
    Invariant.check(unsealed.peekFirst() == part, "segments are sealed out of order");
    unsealed.removeFirst();
    if (part.count() > 0) {
      sealed.add(part.segment().id(), part.lastOffset());
    }
  }

  /** A sealed segment found when the journal was opened. */
  synchronized void addSealed(long segment, SegmentSummary.PartitionPart part) {
    sealed.add(segment, part.lastOffset());
    sizeBytes += part.sizeBytes();
    if (firstOffset < 0) {
      firstOffset = part.firstOffset();
    }
  }

  /** A sealed segment is given up. */
  synchronized void release(long segment, SegmentSummary.PartitionPart part) {
    if (sealed.remove(segment)) {
      sizeBytes -= part.sizeBytes();
      releasedBelow = part.lastOffset() + 1;
      if (firstOffset == part.firstOffset()) {
        firstOffset = part.lastOffset() + 1;
      }
      refreshFirstOffset();
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

  private void refreshFirstOffset() {
    if (sealed.count() > 0) {
      return;
    }
    firstOffset = -1;
    for (PartitionPart part : unsealed) {
      if (part.count() > 0) {
        firstOffset = part.firstOffset();
        return;
      }
    }
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
      return true;
    }
    for (PartitionPart part : unsealed) {
      if (part.count() > 0 && part.lastOffset() >= offset) {
        into.in(part.segment().id(), false);
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

  synchronized OptionalLong firstOffset() {
    return firstOffset < 0 ? OptionalLong.empty() : OptionalLong.of(firstOffset);
  }

  synchronized long sizeBytes() {
    return sizeBytes;
  }
}
