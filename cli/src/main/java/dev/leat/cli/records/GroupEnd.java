package dev.leat.cli.records;

import dev.leat.client.Isolation;
import dev.leat.client.LeatClient;
import dev.leat.client.Position;
import dev.leat.client.TopicPartition;
import dev.leat.client.admin.GroupProgress;
import dev.leat.client.admin.PartitionOffsets;
import dev.leat.client.error.LeatErrorCode;
import dev.leat.client.error.LeatException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where a topic ended at some moment, for a group whose members may read it together. */
final class GroupEnd {
  /** The group is not asked more often than this, however fast records come. */
  private static final Duration LOOK_INTERVAL = Duration.ofMillis(200);

  /** Reading goes on for ever. */
  static final GroupEnd NEVER = new GroupEnd(null, "", Map.of());

  private final @Nullable LeatClient client;
  private final String group;
  private final Map<TopicPartition, Long> ends;
  private long lookedAtNs = System.nanoTime() - LOOK_INTERVAL.toNanos();

  private GroupEnd(@Nullable LeatClient client, String group, Map<TopicPartition, Long> ends) {
    this.client = client;
    this.group = group;
    this.ends = ends;
  }

  /**
   * How the group reads.
   *
   * @param fromBeginning where it starts in partitions of which it has committed nothing
   * @param isolation what it sees of transactions
   */
  record View(boolean fromBeginning, Isolation isolation) {}

  /** The present ends of what the group has still to read. */
  static GroupEnd now(LeatClient client, String group, String topic, View view) {
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
              long end = TopicEnd.end(found, view.isolation());
              if (start(progress.get(partition), found, view) < end) {
                ends.put(partition, end);
              }
            });
    return new GroupEnd(client, group, ends);
  }

  private static long start(@Nullable GroupProgress progress, PartitionOffsets found, View view) {
    if (progress != null) {
      return Math.max(progress.offset(), found.logStartOffset());
    }
    return view.fromBeginning() ? found.logStartOffset() : TopicEnd.end(found, view.isolation());
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

  /**
   * Whether the group, all its members together, has committed everything up to here. Looks at most
   * every 200 ms: in between it says no.
   */
  boolean isReached() {
    if (client == null || System.nanoTime() - lookedAtNs < LOOK_INTERVAL.toNanos()) {
      return false;
    }
    lookedAtNs = System.nanoTime();
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
