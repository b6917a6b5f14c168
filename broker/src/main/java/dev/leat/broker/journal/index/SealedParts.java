package dev.leat.broker.journal.index;

import java.util.Arrays;

/**
 * In which sealed segments a partition (or group) has entries, and the last offset (or seq) in
 * each, in order: 12 bytes per segment. All that stays in memory for them.
 */
final class SealedParts {
  private int[] segments = new int[1];
  private long[] lasts = new long[1];
  private int count;

  void add(long segment, long last) {
    if (count == segments.length) {
      segments = Arrays.copyOf(segments, count + (count >> 1) + 1);
      lasts = Arrays.copyOf(lasts, segments.length);
    }
    segments[count] = Math.toIntExact(segment);
    lasts[count++] = last;
  }

  /** Takes a segment away; false if it is not here. */
  boolean remove(long segment) {
    int index = Arrays.binarySearch(segments, 0, count, Math.toIntExact(segment));
    if (index < 0) {
      return false;
    }
    count--;
    System.arraycopy(segments, index + 1, segments, index, count - index);
    System.arraycopy(lasts, index + 1, lasts, index, count - index);
    return true;
  }

  /** Index of the first segment whose last offset is at or after this one; or count. */
  int indexOf(long offset) {
    int index = Arrays.binarySearch(lasts, 0, count, offset);
    return index < 0 ? -index - 1 : index;
  }

  int count() {
    return count;
  }

  long segment(int index) {
    return segments[index];
  }

  long last(int index) {
    return lasts[index];
  }
}
