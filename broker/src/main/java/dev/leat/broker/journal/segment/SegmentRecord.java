package dev.leat.broker.journal.segment;

import dev.leat.broker.journal.index.SegmentBlobs;
import java.nio.ByteBuffer;

/**
 * What the catalog knows of one file.
 *
 * @param file number of the file
 * @param state what it is there for
 * @param damaged whether its pages were found damaged: it is never written again
 * @param segment number of the segment in it; 0 for a spare
 * @param firstPosition position of its first entry; 0 for a spare
 */
public record SegmentRecord(
    int file, SegmentState state, boolean damaged, long segment, long firstPosition) {
  public static final int BYTES = 22;

  /**
   * Positions of moved entries begin here: no journal appends as many. Those of a segment begin
   * with its number, so that no two entries ever have the same position.
   */
  private static final long FIRST_MOVED_POSITION = 1L << 62;

  public static SegmentRecord spare(int file) {
    return new SegmentRecord(file, SegmentState.SPARE, false, 0, 0);
  }

  /** A file that moved entries are to be written to. */
  public static SegmentRecord filling(int file, long segment) {
    long position = FIRST_MOVED_POSITION + (segment << SegmentBlobs.POSITION_BITS);
    return new SegmentRecord(file, SegmentState.FILLING, false, segment, position);
  }

  /** Whether its entries have been moved there, and not appended. */
  public boolean isMoved() {
    return firstPosition >= FIRST_MOVED_POSITION;
  }

  /** Whether entries may still be appended to it, or cut away. */
  public boolean isUnsealed() {
    return state == SegmentState.HOT || state == SegmentState.FULL;
  }

  /** Whether there is something in it that counts. */
  public boolean isLive() {
    return switch (state) {
      case HOT, FULL, SEALED -> true;
      case SPARE, RELEASED, FILLING -> false;
    };
  }

  public SegmentRecord as(SegmentState next) {
    return new SegmentRecord(file, next, damaged, segment, firstPosition);
  }

  public SegmentRecord asHot(long nextSegment, long position) {
    return new SegmentRecord(file, SegmentState.HOT, false, nextSegment, position);
  }

  public SegmentRecord asDamaged() {
    return new SegmentRecord(file, state, true, segment, firstPosition);
  }

  public void write(ByteBuffer out) {
    out.putInt(file)
        .put((byte) state.code())
        .put((byte) (damaged ? 1 : 0))
        .putLong(segment)
        .putLong(firstPosition);
  }

  public static SegmentRecord read(ByteBuffer in) {
    return new SegmentRecord(
        in.getInt(), SegmentState.of(in.get()), in.get() != 0, in.getLong(), in.getLong());
  }
}
