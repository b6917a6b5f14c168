package dev.leat.crds;

import dev.leat.crds.value.Cleanup;
import dev.leat.crds.value.InvalidValueException;
import dev.leat.crds.value.Retention;
import dev.leat.crds.value.TopicConfig;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a topic is. Written by the controller broker.
 *
 * @param observedGeneration generation of the spec that all of this is about
 * @param phase the state in one word
 * @param topicId 16 random bytes as 32 hexadecimal digits; empty: not given yet
 * @param applied what the brokers act on: the last spec that was accepted; empty: none yet
 * @param conditions statements, one of each type
 */
public record TopicStatus(
    long observedGeneration,
    TopicPhase phase,
    Optional<String> topicId,
    Optional<Applied> applied,
    List<Condition> conditions) {
  /** Nothing known. */
  public static final TopicStatus NONE =
      new TopicStatus(0, TopicPhase.PENDING, Optional.empty(), Optional.empty(), List.of());

  private static final Pattern TOPIC_ID = Pattern.compile("[0-9a-f]{32}");

  /** Checks the id, and copies. */
  public TopicStatus {
    topicId.ifPresent(TopicStatus::checkTopicId);
    conditions = List.copyOf(conditions);
  }

  /** Returns {@code topicId}; throws {@link InvalidValueException} if it is none. */
  public static String checkTopicId(String topicId) {
    InvalidValueException.unless(
        TOPIC_ID.matcher(topicId).matches(),
        "'" + topicId + "' is no topic id; allowed are 32 digits of 0-9 and a-f");
    return topicId;
  }

  /** The condition of this type, if any. */
  public Optional<Condition> condition(String type) {
    return conditions.stream().filter(condition -> condition.type().equals(type)).findFirst();
  }

  /**
   * What the brokers act on.
   *
   * @param partitions number of partitions
   * @param replicas of each partition
   * @param retention how long and how much is kept
   * @param cleanup how old records go
   * @param config further configuration
   */
  public record Applied(
      int partitions, int replicas, Retention retention, Cleanup cleanup, TopicConfig config) {
    /** Checks the ranges. */
    public Applied {
      TopicSpec.checkPartitions(partitions);
      TopicSpec.checkReplicas(replicas);
    }
  }
}
