package dev.leat.api.batch;

import java.nio.ByteBuffer;

/** Looks for records without a key: compaction could never let go of them. */
public final class KeyCheck {
  /** Every record has a key. */
  public static final int ALL_HAVE_KEYS = -1;

  private KeyCheck() {}

  /**
   * The first record without a key of the batch at an index of a buffer.
   *
   * @return its number in the batch, from 0, or {@link #ALL_HAVE_KEYS}
   * @throws CorruptBatchException if the records cannot be read
   */
  public static int firstWithoutKey(ByteBuffer buffer, int at) {
    RecordReader records = RecordReader.of(buffer, at);
    for (int i = 0; records.next(); i++) {
      if (records.keyBytes() < 0) {
        return i;
      }
    }
    return ALL_HAVE_KEYS;
  }
}
