package dev.leat.broker.log.group;

import dev.leat.broker.log.PartitionInfo;

/**
 * A line of a topic entry.
 *
 * @param info the partition
 * @param created created, or else deleted
 */
public record PartitionChange(PartitionInfo info, boolean created) {}
