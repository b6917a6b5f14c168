package dev.leat.broker.journal.index;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * In which sealed segments a partition (or group) has entries, and the last offset (or seq) in
 * each, in order of that: 16 bytes per segment. All that stays in memory for them.
 */
public final class SealedParts {
  private int[] segments = new int[1];
  private int[] sizes = new int[1];
  private long[] lasts = new long[1];
  private int count;

  /** Adds a part, as a rule behind all others; its size is that of a segment at most. */
  void add(long segment, long last, long sizeBytes) {
    insert(indexOf(last), segment, last, sizeBytes);
  }

  private void insert(int index, long segment, long last, long sizeBytes) {
    if (count == segments.length) {
      segments = Arrays.copyOf(segments, count + (count >> 1) + 1);
      sizes = Arrays.copyOf(sizes, segments.length);
      lasts = Arrays.copyOf(lasts, segments.length);
    }
    System.arraycopy(segments, index, segments, index + 1, count - index);
    System.arraycopy(sizes, index, sizes, index + 1, count - index);
    System.arraycopy(lasts, index, lasts, index + 1, count - index);
    segments[index] = Math.toIntExact(segment);
    sizes[index] = Math.toIntExact(sizeBytes);
    lasts[index] = last;
    count++;
  }

  Part part(int index) {
    return new Part(segments[index], lasts[index], sizes[index]);
  }

  /** Takes a segment away; false if it is not here. */
  boolean remove(long segment) {
    for (int i = 0; i < count; i++) {
      if (segments[i] == segment) {
        removeRange(i, i + 1);
        return true;
      }
    }
    return false;
  }

  void clear() {
    count = 0;
  }

  /** Takes away the parts that end in [from, to), and puts another in their place. */
  void replace(long from, long to, @Nullable Part with) {
    removeRange(indexOf(from), indexOf(to));
    if (with != null) {
      insert(indexOf(with.last()), with.segment(), with.last(), with.sizeBytes());
    }
  }

  /**
   * A part.
   *
   * @param segment number of its segment
   * @param last its last offset
   * @param sizeBytes bytes of its batches
   */
  public record Part(long segment, long last, long sizeBytes) {}

  private void removeRange(int begin, int end) {
    if (begin < end) {
      System.arraycopy(segments, end, segments, begin, count - end);
      System.arraycopy(sizes, end, sizes, begin, count - end);
      System.arraycopy(lasts, end, lasts, begin, count - end);
      count -= end - begin;
    }
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

  long sizeBytes(int index) {
    return sizes[index];
  }
}
