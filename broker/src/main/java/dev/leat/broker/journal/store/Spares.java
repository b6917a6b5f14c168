package dev.leat.broker.journal.store;

import dev.leat.broker.journal.segment.SegmentRecord;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Empty files that wait to become the hot segment. Used by the journal loop and the keeper. */
public final class Spares {
  /** Spares hold what arrives in this time at the highest recent rate. */
  private static final int SECONDS = 10;

  /** Most bytes of spares. */
  private static final long MAX_BYTES = 2L << 30;

  /** Spares take at most 1/20 of the free space, but for the first one. */
  private static final int FREE_DIVISOR = 20;

  private final long segmentBytes;
  private final Deque<SegmentRecord> files = new ArrayDeque<>();

  public Spares(long segmentBytes) {
    this.segmentBytes = segmentBytes;
  }

  public synchronized void add(SegmentRecord spare) {
    files.addLast(spare);
  }

  public synchronized @Nullable SegmentRecord take() {
    return files.pollFirst();
  }

  public synchronized int count() {
    return files.size();
  }

  /**
   * How many there should be.
   *
   * @param bytesPerSecond highest recent rate
   * @param freeBytes free space of the disk, spares not counted as used
   */
  public int wanted(long bytesPerSecond, long freeBytes) {
    long most = Math.min(MAX_BYTES, freeBytes / FREE_DIVISOR) / segmentBytes;
    long needed = Math.ceilDiv(bytesPerSecond * SECONDS, segmentBytes);
    return (int) Math.max(1, Math.min(most, needed));
  }
}
