package dev.leat.broker.journal.index;

import dev.leat.broker.log.EntryHeader;
import java.util.Arrays;

/**
 * The entries of one partition in one unsealed segment, in order of position and of offset.
 *
 * <p>Five ints per entry: where it is (base offset less the first one's, 40 bits; position less the
 * segment's first, 24 bits) in two halves, its size, and the running maximum timestamp in two
 * halves. Guarded by the partition's {@link PartitionLog}.
 */
final class PartitionPart {
  private static final int PLACE_HIGH = 0;
  private static final int PLACE_LOW = 1;
  private static final int SIZE = 2;
  private static final int TIMESTAMP_HIGH = 3;
  private static final int TIMESTAMP_LOW = 4;
  private static final int STRIDE = 5;
  private static final int FIRST_CAPACITY = 2;

  private final int group;
  private final int partition;
  private final UnsealedSegment segment;
  private long firstOffset;
  private int[] slots = new int[FIRST_CAPACITY * STRIDE];
  private int count;
  private long lastOffset;
  private long sizeBytes;

  /** A part without entries, for entries like this one. */
  PartitionPart(UnsealedSegment segment, EntryHeader header) {
    this.segment = segment;
    this.group = header.group().value();
    this.partition = header.partition();
    this.lastOffset = header.baseOffset() - 1;
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
    long place =
        entry.baseOffset() - firstOffset << SegmentBlobs.POSITION_BITS
            | entry.position() - segment.firstPosition();
    slots[at + PLACE_HIGH] = (int) (place >>> Integer.SIZE);
    slots[at + PLACE_LOW] = (int) place;
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
      // When nothing is left, what follows may begin lower: a segment before was cut too.
      lastOffset = count == 0 ? -1 : baseOffsetOf(count) - 1;
    }
    return before - sizeBytes;
  }

  /** Takes away all entries. */
  void clear() {
    count = 0;
    sizeBytes = 0;
    lastOffset = -1;
  }

  /** Takes away all entries that begin at or after an offset; returns their bytes. */
  long cutFrom(long offset) {
    int keep = 0;
    while (keep < count && baseOffsetOf(keep) < offset) {
      keep++;
    }
    return keep == count ? 0 : cut(positionOf(keep));
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

  UnsealedSegment segment() {
    return segment;
  }

  int group() {
    return group;
  }

  int partition() {
    return partition;
  }

  /** Order of groups, then of partitions. */
  long key() {
    return PartitionKey.of(group, partition);
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

  /** Base offset and position of an entry, as in {@link SegmentBlobs}. */
  long placeOf(int index) {
    int at = index * STRIDE;
    return (long) slots[at + PLACE_HIGH] << Integer.SIZE | slots[at + PLACE_LOW] & 0xffff_ffffL;
  }

  long baseOffsetOf(int index) {
    return firstOffset + (placeOf(index) >>> SegmentBlobs.POSITION_BITS);
  }

  long positionOf(int index) {
    return segment.firstPosition() + (placeOf(index) & SegmentBlobs.POSITION_MASK);
  }

  long timestampOf(int index) {
    int at = index * STRIDE;
    return (long) slots[at + TIMESTAMP_HIGH] << Integer.SIZE
        | slots[at + TIMESTAMP_LOW] & 0xffff_ffffL;
  }
}
