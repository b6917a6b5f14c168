package dev.leat.broker.journal.index;

/**
 * What a lookup found: the segment, and, when that is not sealed, the next entries in it. Belongs
 * to one reader, which uses it again and again.
 */
public final class Positions {
  /** Entries that one lookup finds: enough to make the lookups' share small. */
  private static final int CAPACITY = 64;

  private final long[] positions = new long[CAPACITY];
  private long segment;
  private boolean sealed;
  private long firstOffset;
  private long movedTo;
  private int count;

  /** Nothing found yet, in this segment. */
  void in(long segment, boolean sealed) {
    this.segment = segment;
    this.sealed = sealed;
    this.movedTo = 0;
    this.count = 0;
  }

  /** Below this offset, entries of the partition have been moved, and may be gone by that. */
  void movedTo(long offset) {
    movedTo = offset;
  }

  /** First offset of the partition in the segment. */
  void firstOffset(long offset) {
    firstOffset = offset;
  }

  /**
   * Whether nothing is missing if the entry after those that were moved, or released, begins here:
   * offsets before it have been compacted away.
   */
  public boolean mayBeginAt(long offset) {
    return offset == firstOffset && offset <= movedTo;
  }

  void add(long position) {
    positions[count++] = position;
  }

  boolean isFull() {
    return count == CAPACITY;
  }

  /** The segment. */
  public long segment() {
    return segment;
  }

  /** Whether the segment's own index is to be asked for the positions. */
  public boolean isSealed() {
    return sealed;
  }

  /** Number of positions. */
  public int count() {
    return count;
  }

  /** Position of an entry, in order of offset or seq. */
  public long position(int index) {
    return positions[index];
  }
}
