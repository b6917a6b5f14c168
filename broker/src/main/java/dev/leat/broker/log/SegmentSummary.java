package dev.leat.broker.log;

import java.util.List;

/**
 * What a segment holds: retention decides by it.
 *
 * @param id number of the segment; grows with position
 * @param sealed whether it can be released
 * @param partitions what it holds of each partition, in order of group and partition
 */
public record SegmentSummary(long id, boolean sealed, List<PartitionPart> partitions) {

  /**
   * The part of one partition in a segment.
   *
   * @param group the group
   * @param partition number within the group
   * @param firstOffset first stored offset
   * @param lastOffset last stored offset
   * @param sizeBytes bytes of batches
   * @param maxTimestamp largest record timestamp, ms
   */
  public record PartitionPart(
      GroupId group,
      int partition,
      long firstOffset,
      long lastOffset,
      long sizeBytes,
      long maxTimestamp) {}
}
