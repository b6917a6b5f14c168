package dev.leat.crds;

import dev.leat.crds.value.Cleanup;
import dev.leat.crds.value.ClusterRef;
import dev.leat.crds.value.DeletionPolicy;
import dev.leat.crds.value.InvalidValueException;
import dev.leat.crds.value.Retention;
import dev.leat.crds.value.TopicConfig;
import dev.leat.crds.value.TopicNames;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a topic should be.
 *
 * @param cluster Cluster that holds it; empty where there is only one
 * @param topicName name for clients; empty: the object's name
 * @param partitions 1 to {@link #MAX_PARTITIONS}; may only go up
 * @param replicas of each partition: 1, 3 or 5; empty: 3 with three or more brokers, else 1;
 *     immutable
 * @param retention how long and how much is kept
 * @param cleanup how old records go
 * @param deletionPolicy what becomes of the records when the resource is deleted
 * @param config further configuration
 */
public record TopicSpec(
    Optional<ClusterRef> cluster,
    Optional<String> topicName,
    int partitions,
    OptionalInt replicas,
    Retention retention,
    Cleanup cleanup,
    DeletionPolicy deletionPolicy,
    TopicConfig config) {
  /** Partitions, unless given. */
  public static final int DEFAULT_PARTITIONS = 1;

  /** Most partitions of one topic: what a cluster is built and tested for. */
  public static final int MAX_PARTITIONS = 100_000;

  /** All defaults. */
  public static final TopicSpec DEFAULT =
      new TopicSpec(
          Optional.empty(),
          Optional.empty(),
          DEFAULT_PARTITIONS,
          OptionalInt.empty(),
          Retention.DEFAULT,
          Cleanup.DELETE,
          DeletionPolicy.DELETE,
          TopicConfig.EMPTY);

  /** Checks the ranges. */
  public TopicSpec {
    topicName.ifPresent(TopicNames::check);
    checkPartitions(partitions);
    replicas.ifPresent(TopicSpec::checkReplicas);
  }

  /** Returns {@code partitions}; throws {@link InvalidValueException} if it is never allowed. */
  public static int checkPartitions(int partitions) {
    InvalidValueException.unless(
        partitions >= 1 && partitions <= MAX_PARTITIONS,
        partitions + " is out of range; allowed is 1 to " + MAX_PARTITIONS);
    return partitions;
  }

  /** Returns {@code replicas}; throws {@link InvalidValueException} if it is never allowed. */
  public static int checkReplicas(int replicas) {
    InvalidValueException.unless(
        replicas != 2 && replicas != 4,
        replicas
            + " is even: an even number costs more and survives no more than one less;"
            + " allowed is 1, 3 or 5");
    InvalidValueException.unless(
        replicas == 1 || replicas == 3 || replicas == 5,
        replicas + " is out of range; allowed is 1, 3 or 5");
    return replicas;
  }

  /** Why {@code earlier} may not become this, if so. */
  public Optional<String> changeProblem(TopicSpec earlier) {
    if (partitions < earlier.partitions) {
      return Optional.of(
          "spec.partitions cannot go down from %d to %d: records would be lost; make another topic"
              .formatted(earlier.partitions, partitions));
    }
    if (earlier.replicas.isPresent() && !replicas.equals(earlier.replicas)) {
      return Optional.of(
          "spec.replicas cannot change from %d: make another topic with the number you want"
              .formatted(earlier.replicas.getAsInt()));
    }
    if (!topicName.equals(earlier.topicName)) {
      return Optional.of("spec.topicName cannot change: make another topic of the other name");
    }
    if (!cluster.equals(earlier.cluster)) {
      return Optional.of("spec.cluster cannot change: make a topic in the other cluster");
    }
    return Optional.empty();
  }

  /** The same in another cluster. */
  public TopicSpec withCluster(Optional<ClusterRef> other) {
    return new TopicSpec(
        other, topicName, partitions, replicas, retention, cleanup, deletionPolicy, config);
  }

  /** The same with another name for clients. */
  public TopicSpec withTopicName(Optional<String> other) {
    return new TopicSpec(
        cluster, other, partitions, replicas, retention, cleanup, deletionPolicy, config);
  }

  /** The same with another number of partitions. */
  public TopicSpec withPartitions(int other) {
    return new TopicSpec(
        cluster, topicName, other, replicas, retention, cleanup, deletionPolicy, config);
  }

  /** The same with this number of replicas. */
  public TopicSpec withReplicas(int other) {
    return new TopicSpec(
        cluster,
        topicName,
        partitions,
        OptionalInt.of(other),
        retention,
        cleanup,
        deletionPolicy,
        config);
  }

  /** The same with another retention. */
  public TopicSpec withRetention(Retention other) {
    return new TopicSpec(
        cluster, topicName, partitions, replicas, other, cleanup, deletionPolicy, config);
  }

  /** The same with another cleanup. */
  public TopicSpec withCleanup(Cleanup other) {
    return new TopicSpec(
        cluster, topicName, partitions, replicas, retention, other, deletionPolicy, config);
  }

  /** The same with another deletion policy. */
  public TopicSpec withDeletionPolicy(DeletionPolicy other) {
    return new TopicSpec(
        cluster, topicName, partitions, replicas, retention, cleanup, other, config);
  }

  /** The same with other configuration. */
  public TopicSpec withConfig(TopicConfig other) {
    return new TopicSpec(
        cluster, topicName, partitions, replicas, retention, cleanup, deletionPolicy, other);
  }
}
