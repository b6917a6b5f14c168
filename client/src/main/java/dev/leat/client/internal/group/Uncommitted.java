package dev.leat.client.internal.group;

import dev.leat.client.ConsumerRecord;
import dev.leat.client.TopicPartition;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a program has been given of its partitions and has not committed. Of the program's thread.
 */
final class Uncommitted {
  private final Map<TopicPartition, Long> since = new HashMap<>();
  private boolean lost;

  /** Records were given. */
  void given(List<ConsumerRecord> records) {
    for (ConsumerRecord record : records) {
      since.putIfAbsent(record.topicPartition(), record.offset());
    }
  }

  /**
   * Offsets were committed.
   *
   * @param positions what has been given, as offsets of the next records
   */
  void committed(Map<TopicPartition, Long> offsets, Map<TopicPartition, Long> positions) {
    offsets.forEach(
        (partition, offset) -> {
          if (offset.equals(positions.get(partition))) {
            since.remove(partition);
          } else if (positions.containsKey(partition)) {
            since.put(partition, offset);
          }
        });
  }

  /** Only these partitions are left; of others, what was not committed is lost to somebody else. */
  void retain(Set<TopicPartition> partitions) {
    if (since.keySet().retainAll(partitions)) {
      lost = true;
    }
  }

  /** Whether partitions have gone, of which the program has been given uncommitted records. */
  boolean isLost() {
    return lost;
  }

  /** Partitions of which something is not committed. */
  Set<TopicPartition> partitions() {
    return since.keySet();
  }

  /** Forgets everything; where each partition's uncommitted records begin. */
  Map<TopicPartition, Long> rewind() {
    Map<TopicPartition, Long> begins = Map.copyOf(since);
    since.clear();
    lost = false;
    return begins;
  }
}
