package dev.leat.client;

import java.util.Objects;

/**
 * A partition of a topic.
 *
 * @param topic name of the topic
 * @param partition number of the partition, from 0
 */
public record TopicPartition(String topic, int partition) implements Comparable<TopicPartition> {

  /** Checks that there is a topic. */
  public TopicPartition {
    Objects.requireNonNull(topic, "topic");
  }

  /** By topic, then by number. */
  @Override
  public int compareTo(TopicPartition other) {
    int topics = topic.compareTo(other.topic);
    return topics != 0 ? topics : Integer.compare(partition, other.partition);
  }

  /** Topic and number, as messages show them. */
  @Override
  public String toString() {
    return topic + "-" + partition;
  }
}
