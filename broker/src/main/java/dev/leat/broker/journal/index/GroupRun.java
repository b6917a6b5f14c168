package dev.leat.broker.journal.index;

import java.util.Arrays;

/**
 * Entries of one group's log in one unsealed segment whose seqs follow each other: 4 bytes each.
 * Guarded by the group's {@link GroupLog}.
 */
final class GroupRun {
  private static final int FIRST_CAPACITY = 4;

  private final long segment;
  private final long firstPosition;
  private final long firstSeq;
  private int[] positions = new int[FIRST_CAPACITY];
  private final EpochStarts epochs = new EpochStarts();
  private int count;

  GroupRun(long segment, long firstPosition, long firstSeq) {
    this.segment = segment;
    this.firstPosition = firstPosition;
    this.firstSeq = firstSeq;
  }

  void add(long position, int epoch) {
    epochs.add(epoch, firstSeq + count);
    if (count == positions.length) {
      positions = Arrays.copyOf(positions, count + (count >> 1) + 1);
    }
    positions[count++] = (int) (position - firstPosition);
  }

  /** Takes away all entries from {@code seq} on. */
  void cut(long seq) {
    count = (int) Math.clamp(seq - firstSeq, 0, count);
    epochs.cut(seq);
  }

  long segment() {
    return segment;
  }

  int count() {
    return count;
  }

  EpochStarts epochs() {
    return epochs;
  }

  /** Position less the segment's first. */
  int positionDelta(int index) {
    return positions[index];
  }

  long firstSeq() {
    return firstSeq;
  }

  /** Last seq; less than the first if the run is empty. */
  long lastSeq() {
    return firstSeq + count - 1;
  }

  boolean holds(long seq) {
    return seq >= firstSeq && seq <= lastSeq();
  }

  long positionOf(long seq) {
    return firstPosition + positions[(int) (seq - firstSeq)];
  }
}
