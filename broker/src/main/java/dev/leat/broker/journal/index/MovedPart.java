package dev.leat.broker.journal.index;

import dev.leat.broker.log.GroupId;

/**
 * What a segment with moved entries holds in place of older segments.
 *
 * @param group the group
 * @param partition number within the group
 * @param from what older segments hold of the partition from this offset on ...
 * @param to ... and below this one does not count any more
 * @param compactedTo as in {@link dev.leat.broker.log.SegmentSummary.PartitionPart}
 */
public record MovedPart(GroupId group, int partition, long from, long to, long compactedTo) {
  /** Whether it is of this partition. */
  public boolean isOf(GroupId otherGroup, int otherPartition) {
    return partition == otherPartition && group.equals(otherGroup);
  }
}
