package dev.leat.broker.journal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Says in the segment itself whose it is: {@code format(4) storeId(16) segment(8) firstPosition(8)
 * CRC-32C(4)}, under key 0 of its index tree.
 */
final class SegmentLabel {
  /** Its key. */
  static final long KEY = 0;

  private static final int BYTES = 40;

  private SegmentLabel() {}

  static ByteBuffer of(CatalogState catalog, SegmentRecord record) {
    ByteBuffer label = ByteBuffer.allocate(BYTES);
    label.putInt(CatalogState.FORMAT);
    label.putLong(catalog.storeId().getMostSignificantBits());
    label.putLong(catalog.storeId().getLeastSignificantBits());
    label.putLong(record.segment()).putLong(record.firstPosition());
    CRC32C crc = new CRC32C();
    crc.update(label.duplicate().flip());
    return label.putInt((int) crc.getValue()).flip();
  }
}
