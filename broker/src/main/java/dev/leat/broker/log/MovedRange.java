package dev.leat.broker.log;

/**
 * Whole parts of a partition in sealed segments, one after the other, that are moved together.
 *
 * @param group the group
 * @param partition number within the group
 * @param firstOffset first stored offset of the first part
 * @param lastOffset last stored offset of the last part
 * @param keepFrom batches below this offset are dead: they are not copied
 * @param compactedTo what the copy's {@link SegmentSummary.PartitionPart#compactedTo} will be
 * @param sizeBytes bytes of batches in the parts
 */
public record MovedRange(
    GroupId group,
    int partition,
    long firstOffset,
    long lastOffset,
    long keepFrom,
    long compactedTo,
    long sizeBytes) {}
