package dev.leat.client;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * How a member takes part in a group.
 *
 * @param group name of the group
 * @param topics topics whose partitions the group shares
 * @param start where to begin in partitions of which the group has committed nothing: {@link
 *     Position.Earliest} or {@link Position.Latest}
 * @param instanceId name by which a member that comes back is known, so that it gets its partitions
 *     again; empty: none
 * @param clientId name for people who look at the group; empty: none
 * @param autoCommit how often what {@link GroupConsumer#poll} has given is committed, with the next
 *     poll; zero: only {@link GroupConsumer#commit} commits
 * @param consumer how records are read
 */
public record GroupConfig(
    String group,
    List<String> topics,
    Position start,
    String instanceId,
    String clientId,
    Duration autoCommit,
    ConsumerConfig consumer) {
  private static final Duration AUTO_COMMIT = Duration.ofSeconds(1);

  /** Checks that there is something to read. */
  public GroupConfig {
    topics = List.copyOf(topics);
    Objects.requireNonNull(instanceId, "instanceId");
    if (group.isEmpty() || topics.isEmpty()) {
      throw new IllegalArgumentException("a member names its group and one topic or more");
    }
    if (!(start instanceof Position.Earliest || start instanceof Position.Latest)) {
      throw new IllegalArgumentException("a group starts at earliest or latest");
    }
  }

  /** A member that reads new records, and commits every second what it has been given. */
  public static GroupConfig of(String group, String... topics) {
    return new GroupConfig(
        group, List.of(topics), Position.latest(), "", "", AUTO_COMMIT, ConsumerConfig.DEFAULT);
  }

  /** The same with another start. */
  public GroupConfig withStart(Position other) {
    return new GroupConfig(group, topics, other, instanceId, clientId, autoCommit, consumer);
  }

  /** The same under a name by which it is known when it comes back. */
  public GroupConfig withInstanceId(String id) {
    return new GroupConfig(group, topics, start, id, clientId, autoCommit, consumer);
  }

  /** The same with a name for people. */
  public GroupConfig withClientId(String id) {
    return new GroupConfig(group, topics, start, instanceId, id, autoCommit, consumer);
  }

  /** The same with another time between commits; zero: none. */
  public GroupConfig withAutoCommit(Duration interval) {
    return new GroupConfig(group, topics, start, instanceId, clientId, interval, consumer);
  }

  /** The same, reading in another way. */
  public GroupConfig withConsumer(ConsumerConfig other) {
    return new GroupConfig(group, topics, start, instanceId, clientId, autoCommit, other);
  }
}
