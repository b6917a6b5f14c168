package dev.leat.broker.journal.segment;

import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * Says in the segment itself whose it is: {@code format(4) storeId(16) segment(8) firstPosition(8)
 * CRC-32C(4)}, under key 0 of its index tree.
 */
public final class SegmentLabel {
  /** Version of everything in a journal's directory. */
  public static final int FORMAT = 1;

  /** Its key. */
  public static final long KEY = 0;

  private static final int BYTES = 40;

  private SegmentLabel() {}

  /** The label of a segment of this store. */
  public static ByteBuffer of(UUID storeId, SegmentRecord record) {
    ByteBuffer label = ByteBuffer.allocate(BYTES);
    label.putInt(FORMAT);
    label.putLong(storeId.getMostSignificantBits());
    label.putLong(storeId.getLeastSignificantBits());
    label.putLong(record.segment()).putLong(record.firstPosition());
    CRC32C crc = new CRC32C();
    crc.update(label.duplicate().flip());
    return label.putInt((int) crc.getValue()).flip();
  }
}
