/**
 * Kafka's own coordinators on Leat's log: the groups' ({@code __consumer_offsets}) and the share
 * groups' ({@code __share_group_state}).
 *
 * <p>What they need of a log stands here once for all of them: {@link
 * dev.leat.kafka.coordinator.LogPartitionWriter}, {@link
 * dev.leat.kafka.coordinator.LogCoordinatorLoader}, {@link
 * dev.leat.kafka.coordinator.LedPartitions} (who is elected, when) and {@link
 * dev.leat.kafka.coordinator.TopicImages} (metadata in Kafka's form). A coordinator of our own on
 * Kafka's {@code CoordinatorRuntime} uses the same.
 *
 * <p>Nothing of it is loaded before the first request that needs a coordinator: a broker without
 * groups pays nothing for them.
 */
@NullMarked
package dev.leat.kafka.coordinator;

import org.jspecify.annotations.NullMarked;
