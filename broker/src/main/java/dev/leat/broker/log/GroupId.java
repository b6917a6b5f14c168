package dev.leat.broker.log;

/**
 * Number of a replica group: {@code replicas << 12 | index}, 16 bits. Groups of one class (number
 * of replicas) are numbered from 0.
 *
 * @param value the number, 0 to 65535
 */
public record GroupId(int value) implements Comparable<GroupId> {
  /** Most groups that one class can have. */
  public static final int MAX_GROUPS_PER_CLASS = 1 << 12;

  /** Checks the range. */
  public GroupId {
    Invariant.check(value >>> 16 == 0, "group id %d does not fit in 16 bits (%d)", value, 16);
  }

  /** The group with this index among those with so many replicas. */
  public static GroupId of(int replicas, int index) {
    Invariant.check(
        index >= 0 && index < MAX_GROUPS_PER_CLASS, "group index %d of class %d", index, replicas);
    return new GroupId(replicas << 12 | index);
  }

  /** Replicas of the class: 1, 3 or 5. */
  public int replicas() {
    return value >>> 12;
  }

  /** Index within the class. */
  public int index() {
    return value & (MAX_GROUPS_PER_CLASS - 1);
  }

  @Override
  public int compareTo(GroupId other) {
    return Integer.compare(value, other.value);
  }

  @Override
  public String toString() {
    return replicas() + "/" + index();
  }
}
