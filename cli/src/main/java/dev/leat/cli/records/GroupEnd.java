package dev.leat.cli.records;

import dev.leat.client.LeatClient;
import dev.leat.client.Position;
import dev.leat.client.TopicPartition;
import dev.leat.client.admin.GroupProgress;
import dev.leat.client.admin.PartitionOffsets;
import dev.leat.client.error.LeatErrorCode;
import dev.leat.client.error.LeatException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where a topic ended at some moment, for a group whose members may read it together. */
final class GroupEnd {
  /** Reading goes on for ever. */
  static final GroupEnd NEVER = new GroupEnd(null, "", Map.of());

  private final @Nullable LeatClient client;
  private final String group;
  private final Map<TopicPartition, Long> ends;

  private GroupEnd(@Nullable LeatClient client, String group, Map<TopicPartition, Long> ends) {
    this.client = client;
    this.group = group;
    this.ends = ends;
  }

  /**
   * The present high watermarks of what the group has still to read.
   *
   * @param fromBeginning where it starts in partitions of which it has committed nothing
   */
  static GroupEnd now(LeatClient client, String group, String topic, boolean fromBeginning) {
    Map<TopicPartition, Position> latest = new HashMap<>();
    int partitions = client.admin().describeTopic(topic).spec().partitions();
    for (int number = 0; number < partitions; number++) {
      latest.put(new TopicPartition(topic, number), Position.latest());
    }
    Map<TopicPartition, GroupProgress> progress = progress(client, group);
    Map<TopicPartition, Long> ends = new HashMap<>();
    client
        .admin()
        .listOffsets(latest)
        .forEach(
            (partition, found) -> {
              if (start(progress.get(partition), found, fromBeginning) < found.highWatermark()) {
                ends.put(partition, found.highWatermark());
              }
            });
    return new GroupEnd(client, group, ends);
  }

  private static long start(
      @Nullable GroupProgress progress, PartitionOffsets found, boolean fromBeginning) {
    if (progress != null) {
      return Math.max(progress.offset(), found.logStartOffset());
    }
    return fromBeginning ? found.logStartOffset() : found.highWatermark();
  }

  private static Map<TopicPartition, GroupProgress> progress(LeatClient client, String group) {
    try {
      return client.admin().describeGroup(group).progress();
    } catch (LeatException e) {
      if (e.code() == LeatErrorCode.UNKNOWN_GROUP) {
        return Map.of();
      }
      throw e;
    }
  }

  /** Whether the group, all its members together, has read everything up to here. */
  boolean isReached() {
    if (client == null) {
      return false;
    }
    Map<TopicPartition, GroupProgress> progress = progress(client, group);
    ends.entrySet()
        .removeIf(
            end -> {
              GroupProgress read = progress.get(end.getKey());
              return read != null && read.offset() >= end.getValue();
            });
    return ends.isEmpty();
  }
}
