package dev.leat.client;

import java.util.List;

/**
 * How a member receives from queues.
 *
 * @param group name of the group
 * @param topics topics whose records the group shares
 * @param start where to begin in partitions of which the group has received nothing yet: {@link
 *     Position.Earliest} or {@link Position.Latest}
 * @param clientId name for people who look at the group; empty: none
 * @param maxRecords records that each broker hands out and that are not acknowledged, at most; 1 to
 *     2,000
 */
public record QueueConfig(
    String group, List<String> topics, Position start, String clientId, int maxRecords) {
  private static final int DEFAULT_RECORDS = 500;
  private static final int MAX_RECORDS = 2_000;

  /** Checks that there is something to receive. */
  public QueueConfig {
    topics = List.copyOf(topics);
    if (group.isEmpty() || topics.isEmpty()) {
      throw new IllegalArgumentException("a member names its group and one topic or more");
    }
    if (!(start instanceof Position.Earliest || start instanceof Position.Latest)) {
      throw new IllegalArgumentException("a group starts at earliest or latest");
    }
    if (maxRecords < 1 || maxRecords > MAX_RECORDS) {
      throw new IllegalArgumentException("maxRecords must be from 1 to 2,000");
    }
  }

  /** A member that receives records that are sent from now on, unless the group exists already. */
  public static QueueConfig of(String group, String... topics) {
    return new QueueConfig(group, List.of(topics), Position.latest(), "", DEFAULT_RECORDS);
  }

  /** The same with another start. */
  public QueueConfig withStart(Position other) {
    return new QueueConfig(group, topics, other, clientId, maxRecords);
  }

  /** The same with a name for people. */
  public QueueConfig withClientId(String id) {
    return new QueueConfig(group, topics, start, id, maxRecords);
  }

  /** The same with another bound of what is handed out. */
  public QueueConfig withMaxRecords(int records) {
    return new QueueConfig(group, topics, start, clientId, records);
  }
}
