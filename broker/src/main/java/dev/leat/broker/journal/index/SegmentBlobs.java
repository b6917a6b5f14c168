package dev.leat.broker.journal.index;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Index and summary of one sealed segment, as bytes by key: in its file, or, when those are damaged
 * or could never be written, rebuilt in memory.
 *
 * <pre>
 * key: kind(8 bits) group(16) partition(32) 0(8)
 *
 * kind 1, index of a partition: count(4) firstOffset(8), per entry
 *         baseOffset - firstOffset(40 bits) position - segment's first(24 bits) running max
 *         timestamp(8)
 * kind 2, index of a group's log: runs(4), per run firstSeq(8) count(4), then per entry of all runs
 *         position - segment's first(4)
 * kind 3, summary of the partitions: count(4), per partition in order
 *         group(2) partition(4) firstOffset(8) lastOffset(8) sizeBytes(8) maxTimestamp(8)
 * kind 4, summary of the groups: count(4), per group in order
 *         group(2) firstSeq(8) lastSeq(8) epochs(4), per epoch epoch(4) firstSeq(8)
 *
 * kind 5, seal: entries(8) position after the last one(8)
 *
 * kind 6, only where entries have been moved to, what it holds in place of older segments:
 *         count(4), per partition group(2) partition(4) from(8) to(8) compactedTo(8)
 * each followed by the CRC-32C of all that(4)
 * </pre>
 */
public interface SegmentBlobs {
  /** Summary of the partitions. */
  long PARTITIONS = key(3, 0, 0);

  /** Summary of the groups. */
  long GROUPS = key(4, 0, 0);

  /** How much was sealed. */
  long SEAL = key(5, 0, 0);

  /** What a segment holds in place of others. */
  long MOVED = key(6, 0, 0);

  /** Bits of a position within a segment; a segment has fewer entries. */
  int POSITION_BITS = 24;

  /** Those bits. */
  long POSITION_MASK = (1 << POSITION_BITS) - 1;

  /** Bytes of a blob's checksum. */
  int CRC_BYTES = 4;

  /** The bytes of a blob, its checksum included, big endian; null if there is none. */
  @Nullable ByteBuffer blob(long key);

  /** Key of a partition's index. */
  static long partition(int group, int partition) {
    return key(1, group, partition);
  }

  /** Key of the index of a group's log. */
  static long group(int group) {
    return key(2, group, 0);
  }

  private static long key(long kind, long group, int partition) {
    return kind << 56 | group << 40 | (partition & 0xffff_ffffL) << 8;
  }

  /** Whether the checksum at the end of a blob is that of the bytes before it. */
  static boolean sound(ByteBuffer blob) {
    int size = blob.capacity() - CRC_BYTES;
    if (size < Integer.BYTES) {
      return false;
    }
    CRC32C crc = new CRC32C();
    crc.update(blob.slice(0, size));
    return (int) crc.getValue() == blob.getInt(size);
  }
}
