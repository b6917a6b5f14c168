package dev.leat.broker.log;

import java.util.List;

/**
 * What a segment holds: retention, evacuation and compaction decide by it.
 *
 * @param id number of the segment; grows with time
 * @param kind what it is
 * @param sizeBytes bytes of its file
 * @param partitions what it holds of each partition, in order of group and partition; what has been
 *     moved to another segment is left out
 */
public record SegmentSummary(long id, Kind kind, long sizeBytes, List<PartitionPart> partitions) {

  /** What a segment is. */
  public enum Kind {
    /** Takes entries, or is to be sealed soon: nothing of it can be given up. */
    OPEN,
    /** Holds entries as they were appended, and takes no more. */
    SEALED,
    /** Holds what was moved out of sealed segments. */
    MOVED
  }

  /** Whether it can be released. */
  public boolean sealed() {
    return kind != Kind.OPEN;
  }

  /**
   * The part of one partition in a segment.
   *
   * @param group the group
   * @param partition number within the group
   * @param firstOffset first stored offset
   * @param lastOffset last stored offset
   * @param sizeBytes bytes of batches
   * @param maxTimestamp largest record timestamp, ms
   * @param compactedTo records here that another one below this offset supersedes are gone; {@link
   *     #NEVER} if nobody has looked
   */
  public record PartitionPart(
      GroupId group,
      int partition,
      long firstOffset,
      long lastOffset,
      long sizeBytes,
      long maxTimestamp,
      long compactedTo) {
    /** The part has never been compacted. */
    public static final long NEVER = 0;

    /** A part that has never been compacted. */
    public PartitionPart(
        GroupId group,
        int partition,
        long firstOffset,
        long lastOffset,
        long sizeBytes,
        long maxTimestamp) {
      this(group, partition, firstOffset, lastOffset, sizeBytes, maxTimestamp, NEVER);
    }
  }
}
