package dev.leat.broker.log;

/**
 * A partition that a group holds.
 *
 * @param number its number within the group, from 1; never used again, not even after deletion
 * @param id which partition of which topic it is
 * @param topicName name of the topic
 */
public record PartitionInfo(int number, TopicPartition id, String topicName) {}
