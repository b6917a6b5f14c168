package dev.leat.broker.log;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * Identity of a topic: 16 random bytes, given when it is created. A topic that is deleted and
 * created again under its name has another one.
 *
 * @param high its first 8 bytes
 * @param low its last 8 bytes
 */
public record TopicId(long high, long low) implements Comparable<TopicId> {
  /** Length in bytes. */
  public static final int SIZE_BYTES = 16;

  /**
   * Reads the 32 hexadecimal digits that {@link #toString} writes.
   *
   * @throws IllegalArgumentException if {@code text} is anything else
   */
  public static TopicId parse(String text) {
    if (text.length() != 2 * SIZE_BYTES) {
      throw new IllegalArgumentException("topic id of " + text.length() + " digits, 32 expected");
    }
    return new TopicId(
        HexFormat.fromHexDigitsToLong(text, 0, SIZE_BYTES),
        HexFormat.fromHexDigitsToLong(text, SIZE_BYTES, 2 * SIZE_BYTES));
  }

  /** Reads 16 bytes at the buffer's position. */
  public static TopicId read(ByteBuffer from) {
    return new TopicId(from.getLong(), from.getLong());
  }

  /** Writes 16 bytes at the buffer's position. */
  public void write(ByteBuffer to) {
    to.putLong(high).putLong(low);
  }

  /**
   * The group that holds a partition: {@code (hash + partition) mod groups}, hash being the first 8
   * bytes, unsigned. Arithmetic only, so that placement needs no table.
   *
   * @param partition number of the partition, from 0
   * @param replicas class of the topic
   * @param groups number of groups of each class of the cluster
   */
  public GroupId groupOf(int partition, int replicas, int groups) {
    Invariant.check(partition >= 0 && groups > 0, "partition %d of %d groups", partition, groups);
    return GroupId.of(
        replicas, (int) ((Long.remainderUnsigned(high, groups) + partition) % groups));
  }

  @Override
  public int compareTo(TopicId other) {
    int order = Long.compareUnsigned(high, other.high);
    return order != 0 ? order : Long.compareUnsigned(low, other.low);
  }

  @Override
  public String toString() {
    return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
  }
}
