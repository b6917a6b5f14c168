package dev.leat.client.admin;

import java.util.OptionalLong;

/**
 * Offsets of a partition.
 *
 * @param offset the offset that was asked for
 * @param timestamp timestamp of the record there, for a search by time that found one
 * @param logStartOffset first offset that is still stored
 * @param highWatermark offset below which everything is committed
 */
public record PartitionOffsets(
    long offset, OptionalLong timestamp, long logStartOffset, long highWatermark) {}
