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
 */
public record TopicView(String name, ByteBuffer id, List<GroupId> groups, int maxMessageBytes) {
  /** Copies the list. */
  public TopicView {
    groups = List.copyOf(groups);
  }

  /** Number of partitions. */
  public int partitions() {
    return groups.size();
  }
}
