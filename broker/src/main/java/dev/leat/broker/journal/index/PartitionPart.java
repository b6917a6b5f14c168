package dev.leat.broker.journal.index;

import java.util.Arrays;

/**
 * The entries of one partition in one unsealed segment, in order of position and of offset.
 *
 * <p>Five ints per entry: base offset and position (less those of the segment's first), size, and
 * the running maximum timestamp in two halves. Guarded by the partition's {@link PartitionLog}.
 */
final class PartitionPart {
  private static final int BASE = 0;
  private static final int POSITION = 1;
  private static final int SIZE = 2;
  private static final int TIMESTAMP_HIGH = 3;
  private static final int TIMESTAMP_LOW = 4;
  private static final int STRIDE = 5;
  private static final int FIRST_CAPACITY = 2;

  private final long segment;
  private final long firstPosition;
  private long firstOffset;
  private int[] slots = new int[FIRST_CAPACITY * STRIDE];
  private int count;
  private long lastOffset;
  private long sizeBytes;

  /**
   * A part without entries.
   *
   * @param segment the segment
   * @param firstPosition its first position
   * @param firstOffset base offset of the first entry to come
   */
  PartitionPart(long segment, long firstPosition, long firstOffset) {
    this.segment = segment;
    this.firstPosition = firstPosition;
    this.firstOffset = firstOffset;
    this.lastOffset = firstOffset - 1;
  }

  /** Whether an entry with this base offset can be told from the first by 32 bits. */
  boolean reaches(long baseOffset) {
    long delta = baseOffset - firstOffset;
    return count == 0 || delta >= 0 && delta <= Integer.MAX_VALUE;
  }

  void add(Placed entry) {
    if (slots.length == count * STRIDE) {
      slots = Arrays.copyOf(slots, (count + (count >> 1) + 1) * STRIDE);
    }
    if (count == 0) {
      firstOffset = entry.baseOffset();
    }
    int at = count * STRIDE;
    long timestamp = Math.max(entry.maxTimestamp(), count == 0 ? -1 : maxTimestamp());
    slots[at + BASE] = (int) (entry.baseOffset() - firstOffset);
    slots[at + POSITION] = (int) (entry.position() - firstPosition);
    slots[at + SIZE] = entry.sizeBytes();
    slots[at + TIMESTAMP_HIGH] = (int) (timestamp >>> Integer.SIZE);
    slots[at + TIMESTAMP_LOW] = (int) timestamp;
    count++;
    lastOffset = entry.lastOffset();
    sizeBytes += entry.sizeBytes();
  }

  /** Takes away all entries at or after a position; returns their bytes. */
  long cut(long position) {
    long before = sizeBytes;
    while (count > 0 && positionOf(count - 1) >= position) {
      count--;
      sizeBytes -= slots[count * STRIDE + SIZE];
      lastOffset = baseOffsetOf(count) - 1;
    }
    return before - sizeBytes;
  }

  /** Number of the last entry that begins at or before {@code offset}; 0 if none does. */
  int indexOf(long offset) {
    int low = 1;
    int high = count;
    while (low < high) {
      int middle = low + high >>> 1;
      if (baseOffsetOf(middle) <= offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }

  /** Number of the first entry whose running maximum timestamp is at or after this; or count. */
  int indexOfTimestamp(long timestamp) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = low + high >>> 1;
      if (timestampOf(middle) < timestamp) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  long segment() {
    return segment;
  }

  int count() {
    return count;
  }

  long firstOffset() {
    return firstOffset;
  }

  long lastOffset() {
    return lastOffset;
  }

  long sizeBytes() {
    return sizeBytes;
  }

  long maxTimestamp() {
    return timestampOf(count - 1);
  }

  long baseOffsetOf(int index) {
    return firstOffset + slots[index * STRIDE + BASE];
  }

  long positionOf(int index) {
    return firstPosition + slots[index * STRIDE + POSITION];
  }

  int sizeOf(int index) {
    return slots[index * STRIDE + SIZE];
  }

  long timestampOf(int index) {
    int at = index * STRIDE;
    return (long) slots[at + TIMESTAMP_HIGH] << Integer.SIZE
        | slots[at + TIMESTAMP_LOW] & 0xffff_ffffL;
  }
}
