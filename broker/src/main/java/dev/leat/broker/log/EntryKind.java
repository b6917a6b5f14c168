package dev.leat.broker.log;

/**
 * What an entry of a group's log holds. The codes are on disk and on the wire: they never change
 * their meaning.
 *
 * <p>{@link #PROMISE} and {@link #BASE} are not part of the log (their seq is 0 resp. that of the
 * base): they share the journal so that they are durable in one transaction with the entries around
 * them.
 */
public enum EntryKind {
  /** Record batches of one partition, one after the other. */
  BATCHES(1),
  /** A topic's partitions in this group: created or deleted. */
  TOPIC(2),
  /** Voters of the group, and the old voters while a change is open. */
  CONFIG(3),
  /** The first entry of a leader's epoch. */
  BARRIER(4),
  /** A new start offset of a partition: everything below may be dropped. */
  START(5),
  /** The promise of this replica: obeys nobody below this epoch, and of this epoch nobody else. */
  PROMISE(6),
  /** State of the group up to a seq, in place of all entries up to it. */
  BASE(7),
  /** Identity of this replica of the group: history and replica id; the group begins with it. */
  REPLICA(8),
  /**
   * The leader's wall clock: what expires by time expires by this, so that it does at the same seq
   * everywhere.
   */
  CLOCK(9),
  /**
   * Record batches of one partition without a place in the log: moved by evacuation or compaction,
   * or come with a snapshot. Like {@link #BATCHES}, but offsets may be missing between them. What
   * is stored at the same offsets already is the same. Those of a snapshot count once its base is
   * there.
   */
  MOVED(10);

  private static final EntryKind[] BY_CODE = new EntryKind[11];

  static {
    for (EntryKind kind : values()) {
      BY_CODE[kind.code] = kind;
    }
  }

  private final int code;

  EntryKind(int code) {
    this.code = code;
  }

  /** Number on disk, 1 to 127. */
  public int code() {
    return code;
  }

  /** Whether entries of this kind have a seq in the group's log. */
  public boolean inLog() {
    return switch (this) {
      case BATCHES, TOPIC, CONFIG, BARRIER, START, CLOCK -> true;
      case PROMISE, BASE, REPLICA, MOVED -> false;
    };
  }

  /** Whether the body of an entry of this kind is record batches. */
  public boolean holdsBatches() {
    return this == BATCHES || this == MOVED;
  }

  /** Whether a released format knows a kind of this code. */
  public static boolean known(int code) {
    return code >= 1 && code < BY_CODE.length;
  }

  /**
   * The kind of this code.
   *
   * @throws IllegalArgumentException if no released format knows it
   */
  public static EntryKind of(int code) {
    if (!known(code)) {
      throw new IllegalArgumentException("unknown entry kind " + code);
    }
    return BY_CODE[code];
  }
}
