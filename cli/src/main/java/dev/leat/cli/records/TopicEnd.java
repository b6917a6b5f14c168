package dev.leat.cli.records;

import dev.leat.client.Consumer;
import dev.leat.client.ConsumerRecord;
import dev.leat.client.Isolation;
import dev.leat.client.LeatClient;
import dev.leat.client.Position;
import dev.leat.client.TopicPartition;
import dev.leat.client.admin.PartitionOffsets;
import java.util.HashMap;
import java.util.Map;

/** Where the partitions of a topic ended at some moment. */
final class TopicEnd {
  /** Reading goes on for ever. */
  static final TopicEnd NEVER = new TopicEnd(Map.of(), false);

  private final Map<TopicPartition, Long> ends;
  private final Map<TopicPartition, Long> open;
  private final boolean ending;

  private TopicEnd(Map<TopicPartition, Long> ends, boolean ending) {
    this.ends = ends;
    this.ending = ending;
    open = new HashMap<>(ends);
  }

  /** The present ends of what {@code consumer} reads. */
  static TopicEnd now(LeatClient client, Consumer consumer, Isolation isolation) {
    Map<TopicPartition, Position> latest = new HashMap<>();
    consumer.assignment().forEach(partition -> latest.put(partition, Position.latest()));
    Map<TopicPartition, Long> ends = new HashMap<>();
    client
        .admin()
        .listOffsets(latest)
        .forEach((partition, offsets) -> ends.put(partition, end(offsets, isolation)));
    return new TopicEnd(ends, true);
  }

  /** Where what can be read ends, of latest offsets. */
  static long end(PartitionOffsets latest, Isolation isolation) {
    return isolation == Isolation.READ_COMMITTED ? latest.offset() : latest.highWatermark();
  }

  /** Whether {@code consumer} has read all partitions up to here. */
  boolean isReached(Consumer consumer) {
    open.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
    return ending && open.isEmpty();
  }

  /** Whether {@code record} was there. */
  boolean isBehind(ConsumerRecord record) {
    return !ending || record.offset() < ends.getOrDefault(record.topicPartition(), 0L);
  }
}
