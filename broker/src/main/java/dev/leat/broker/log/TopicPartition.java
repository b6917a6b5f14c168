package dev.leat.broker.log;

/**
 * A partition, named so that it means the same for ever and everywhere.
 *
 * @param topic its topic
 * @param partition its number in the topic, from 0
 */
public record TopicPartition(TopicId topic, int partition) implements Comparable<TopicPartition> {
  /** Checks the range. */
  public TopicPartition {
    Invariant.check(partition >= 0, "partition %d is negative (%d)", partition, 0);
  }

  @Override
  public int compareTo(TopicPartition other) {
    int order = topic.compareTo(other.topic);
    return order != 0 ? order : Integer.compare(partition, other.partition);
  }

  @Override
  public String toString() {
    return topic + "-" + partition;
  }
}
