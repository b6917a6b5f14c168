package dev.leat.broker.log.compact;

import dev.leat.broker.log.SegmentSummary.PartitionPart;

/**
 * A part of a partition that is alive, at least its last record.
 *
 * @param segment where it is
 * @param part what it is
 * @param startOffset start offset of the partition
 */
public record LivePart(long segment, PartitionPart part, long startOffset) {}
