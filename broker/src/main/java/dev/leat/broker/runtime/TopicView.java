package dev.leat.broker.runtime;

import dev.leat.broker.log.GroupId;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * What everybody must know of a topic.
 *
 * @param name its name
 * @param id 16 random bytes, read-only
 * @param groups the group of each partition, by partition number
 * @param maxMessageBytes largest batch that is taken
 * @param retentionMs age at which records go, -1: never
 * @param retentionBytes how much of a partition is kept, -1: any amount
 * @param compacted whether the last record of each key stays
 */
public record TopicView(
    String name,
    ByteBuffer id,
    List<GroupId> groups,
    int maxMessageBytes,
    long retentionMs,
    long retentionBytes,
    boolean compacted) {
  /** Copies the list. */
  public TopicView {
    groups = List.copyOf(groups);
  }

  /** Number of partitions. */
  public int partitions() {
    return groups.size();
  }
}
