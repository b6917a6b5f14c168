package dev.leat.broker.runtime.view;

import dev.leat.broker.log.GroupId;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What everybody must know of a topic.
 *
 * @param name its name
 * @param id 16 random bytes, read-only
 * @param groups the group of each partition, by partition number
 * @param maxMessageBytes largest batch that is taken
 * @param retentionMs age at which records go, -1: never
 * @param retentionBytes how much of a partition is kept, -1: any amount
 * @param compaction how the last record of each key stays; null: by age and size only
 */
public record TopicView(
    String name,
    ByteBuffer id,
    List<GroupId> groups,
    int maxMessageBytes,
    long retentionMs,
    long retentionBytes,
    @Nullable Compaction compaction) {
  /** Copies the list. */
  public TopicView {
    groups = List.copyOf(groups);
  }

  /**
   * How a topic is compacted.
   *
   * @param minLagMs records stay this long in any case, ms
   * @param maxLagMs records older than this are compacted in any case, ms
   * @param minDirtyRatio part of a partition's bytes that must be new, 0 to 1
   * @param deleteRetentionMs tombstones stay readable for this long, ms
   * @param deletes whether age and size count too
   */
  public record Compaction(
      long minLagMs,
      long maxLagMs,
      double minDirtyRatio,
      long deleteRetentionMs,
      boolean deletes) {}

  /** Whether the last record of each key stays. */
  public boolean compacted() {
    return compaction != null;
  }

  /** Number of partitions. */
  public int partitions() {
    return groups.size();
  }
}
