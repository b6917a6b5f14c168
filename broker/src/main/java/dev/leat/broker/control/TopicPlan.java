package dev.leat.broker.control;

import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.TopicId;
import dev.leat.broker.log.TopicPartition;
import dev.leat.broker.replication.GroupEvent.NewPartition;
import dev.leat.crds.ClusterSpec;
import dev.leat.crds.ObjectMeta;
import dev.leat.crds.Topic;
import dev.leat.crds.TopicPhase;
import dev.leat.crds.TopicSpec;
import dev.leat.crds.TopicStatus;
import dev.leat.crds.value.DeletionPolicy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Decides what is to be done next about one topic, from what its resource says and what the disks
 * hold. The same question has the same answer, whoever asked before and however far he came:
 *
 * <pre>
 *   spec incomplete    write it: finalizer, replicas          the wish is whole
 *   status outdated    write it: topicId, applied, Creating   the id is fixed, by compare-and-set
 *   partitions missing create them, each in its group
 *   all there          write the status: Ready
 *
 *   deletion asked for write the status: Deleting
 *   partitions left    delete them (unless they are to be retained)
 *   none left          remove the finalizer
 * </pre>
 *
 * <p>The status comes before the partitions: an id that could be lost again must not reach a disk.
 */
final class TopicPlan {
  private static final TopicStep REST = new TopicStep.Rest();

  private final Topic topic;
  private final Surroundings around;
  private final Instant now;

  /**
   * What counts beside the topic itself.
   *
   * @param cluster the cluster as it should be
   * @param partitions what the disks hold
   * @param owner who has this topic's name; another one is a duplicate
   * @param drawnId an id for this topic, once one was drawn
   * @param isTaken whether a resource has this id
   */
  record Surroundings(
      ClusterSpec cluster,
      PartitionMap partitions,
      Topic owner,
      Optional<TopicId> drawnId,
      Predicate<TopicId> isTaken) {}

  /** A spec that cannot be taken: why, in a word and in a sentence. */
  private record Refusal(String reason, String message) {}

  private TopicPlan(Topic topic, Surroundings around, Instant now) {
    this.topic = topic;
    this.around = around;
    this.now = now;
  }

  /** The next thing to do about {@code topic}. */
  static TopicStep next(Topic topic, Surroundings around, Instant now) {
    TopicPlan plan = new TopicPlan(topic, around, now);
    return topic.metadata().isBeingDeleted() ? plan.delete() : plan.keep();
  }

  private TopicStep delete() {
    if (!topic.metadata().hasFinalizer(Topic.FINALIZER)) {
      return REST;
    }
    Optional<TopicId> id = topic.status().topicId().map(TopicId::parse);
    if (id.isEmpty() || topic.spec().deletionPolicy() == DeletionPolicy.RETAIN) {
      return release();
    }
    TopicStatus deleting = deletingStatus();
    if (!TopicConditions.saySame(topic.status(), deleting)) {
      return new TopicStep.UpdateStatus(topic.withStatus(deleting));
    }
    Map<GroupId, List<TopicPartition>> left = new TreeMap<>();
    around
        .partitions()
        .partitionsOf(id.get())
        .forEach(
            (partition, group) ->
                left.computeIfAbsent(group, key -> new ArrayList<>())
                    .add(new TopicPartition(id.get(), partition)));
    if (!left.isEmpty()) {
      return new TopicStep.Delete(id.get(), left);
    }
    return around.partitions().isComplete() ? release() : REST;
  }

  private TopicStep release() {
    ObjectMeta free = topic.metadata().edit().removeFinalizer(Topic.FINALIZER).build();
    return new TopicStep.Update(topic.withMetadata(free));
  }

  private TopicStatus deletingStatus() {
    TopicConditions conditions =
        new TopicConditions(topic, now)
            .set(TopicConditions.READY, false, "Deleting", "its records are being deleted");
    return new TopicStatus(
        topic.metadata().generation(),
        TopicPhase.DELETING,
        topic.status().topicId(),
        topic.status().applied(),
        conditions.build());
  }

  private TopicStep keep() {
    if (!around.owner().resourceName().equals(topic.resourceName())) {
      return refuse(
          new Refusal(
              "DuplicateName",
              "topic %s is that of Topic %s already: delete one of the two, or rename it"
                  .formatted(topic.topicName(), around.owner().resourceName())));
    }
    Optional<TopicId> fixed = topic.status().topicId().map(TopicId::parse);
    if (fixed.isEmpty() && !around.partitions().isComplete()) {
      return REST;
    }
    Optional<TopicId> id = fixed.or(this::idOnDisk);
    int replicas = replicas(id);
    Optional<Refusal> refusal = check(id, replicas);
    Optional<TopicStatus.Applied> applied = applied(id, replicas, refusal);
    if (applied.isEmpty()) {
      return refuse(refusal.orElseThrow());
    }
    Optional<TopicStep> whole = complete(replicas);
    if (whole.isPresent()) {
      return whole.get();
    }
    Optional<TopicId> given = id.or(around::drawnId);
    return given.isEmpty() ? new TopicStep.DrawId() : make(given.get(), applied.get(), refusal);
  }

  private Optional<TopicId> idOnDisk() {
    return around.partitions().idOf(topic.topicName()).filter(around.isTaken().negate());
  }

  // Replicas cannot change: what is in force or on disk counts more than what is asked for.
  private int replicas(Optional<TopicId> id) {
    Optional<Integer> inForce = topic.status().applied().map(TopicStatus.Applied::replicas);
    return inForce
        .or(() -> id.flatMap(this::replicasOnDisk))
        .orElseGet(() -> topic.spec().replicas().orElse(around.cluster().defaultReplicas()));
  }

  private Optional<Integer> replicasOnDisk(TopicId id) {
    return around.partitions().partitionsOf(id).values().stream()
        .findFirst()
        .map(GroupId::replicas);
  }

  private int partitionsOnDisk(Optional<TopicId> id) {
    return id.map(around.partitions()::partitionsOf)
        .filter(partitions -> !partitions.isEmpty())
        .map(partitions -> partitions.lastKey() + 1)
        .orElse(0);
  }

  private int partitionsInForce(Optional<TopicId> id) {
    int applied = topic.status().applied().map(TopicStatus.Applied::partitions).orElse(0);
    return Math.max(applied, partitionsOnDisk(id));
  }

  private Optional<Refusal> check(Optional<TopicId> id, int replicas) {
    TopicSpec spec = topic.spec();
    int partitions = partitionsInForce(id);
    if (spec.partitions() < partitions) {
      return refusal(
          "PartitionsDown",
          "spec.partitions is %d, but the topic has %d, which cannot go down: set it to %d or more",
          spec.partitions(),
          partitions,
          partitions);
    }
    if (spec.replicas().isPresent() && spec.replicas().getAsInt() != replicas) {
      return refusal(
          "ReplicasChanged",
          "spec.replicas is %d, but the topic has %d, which cannot change: set it to %d",
          spec.replicas().getAsInt(),
          replicas,
          replicas);
    }
    if (partitions == 0 && replicas > around.cluster().brokers()) {
      return refusal(
          "TooManyReplicas",
          "spec.replicas is %d, but the cluster has %d brokers: set it to %d, or add brokers",
          replicas,
          around.cluster().brokers(),
          around.cluster().defaultReplicas());
    }
    return Optional.empty();
  }

  private static Optional<Refusal> refusal(String reason, String format, Object... values) {
    return Optional.of(new Refusal(reason, format.formatted(values)));
  }

  /** What brokers are to act on; empty if there is nothing but a refused spec. */
  private Optional<TopicStatus.Applied> applied(
      Optional<TopicId> id, int replicas, Optional<Refusal> refusal) {
    TopicSpec spec = topic.spec();
    int partitions = partitionsInForce(id);
    if (refusal.isPresent() && topic.status().applied().isPresent()) {
      TopicStatus.Applied last = topic.status().applied().get();
      return Optional.of(
          new TopicStatus.Applied(
              partitions, replicas, last.retention(), last.cleanup(), last.config()));
    }
    if (refusal.isPresent() && partitions == 0) {
      return Optional.empty();
    }
    return Optional.of(
        new TopicStatus.Applied(
            Math.max(partitions, spec.partitions()),
            replicas,
            spec.retention(),
            spec.cleanup(),
            spec.config()));
  }

  private TopicStep refuse(Refusal refusal) {
    boolean made = topic.status().applied().isPresent();
    TopicConditions conditions =
        new TopicConditions(topic, now)
            .set(TopicConditions.ACCEPTED, false, refusal.reason(), refusal.message());
    if (!made) {
      conditions.set(TopicConditions.READY, false, "Refused", refusal.message());
    }
    TopicStatus status =
        new TopicStatus(
            topic.metadata().generation(),
            made ? topic.status().phase() : TopicPhase.REFUSED,
            topic.status().topicId(),
            topic.status().applied(),
            conditions.build());
    return TopicConditions.saySame(topic.status(), status)
        ? REST
        : new TopicStep.UpdateStatus(topic.withStatus(status));
  }

  // What was left open is written into the resource, so that it does not change with a default.
  private Optional<TopicStep> complete(int replicas) {
    boolean hasFinalizer = topic.metadata().hasFinalizer(Topic.FINALIZER);
    if (hasFinalizer && topic.spec().replicas().isPresent()) {
      return Optional.empty();
    }
    ObjectMeta metadata = topic.metadata().edit().addFinalizer(Topic.FINALIZER).build();
    TopicSpec spec =
        topic.spec().replicas().isPresent() ? topic.spec() : topic.spec().withReplicas(replicas);
    return Optional.of(new TopicStep.Update(topic.withSpec(spec).withMetadata(metadata)));
  }

  private TopicStep make(TopicId id, TopicStatus.Applied applied, Optional<Refusal> refusal) {
    Map<GroupId, List<NewPartition>> missing = new TreeMap<>();
    Set<GroupId> groups = new TreeSet<>();
    Set<Integer> held = around.partitions().partitionsOf(id).keySet();
    for (int p = 0; p < applied.partitions(); p++) {
      GroupId group = id.groupOf(p, applied.replicas(), around.cluster().groups());
      groups.add(group);
      if (!held.contains(p)) {
        missing
            .computeIfAbsent(group, key -> new ArrayList<>())
            .add(new NewPartition(new TopicPartition(id, p), topic.topicName()));
      }
    }
    if (!around.partitions().isListed() || groups.stream().anyMatch(this::isAwaited)) {
      return REST;
    }
    TopicStatus status = status(id, applied, refusal, missing);
    if (!TopicConditions.saySame(topic.status(), status)) {
      return new TopicStep.UpdateStatus(topic.withStatus(status));
    }
    groups.removeIf(around.partitions()::exists);
    if (!groups.isEmpty()) {
      return new TopicStep.CreateGroups(groups);
    }
    return missing.isEmpty() ? REST : new TopicStep.Create(id, missing);
  }

  private boolean isAwaited(GroupId group) {
    return around.partitions().exists(group) && !around.partitions().isReported(group);
  }

  private TopicStatus status(
      TopicId id,
      TopicStatus.Applied applied,
      Optional<Refusal> refusal,
      Map<GroupId, List<NewPartition>> missing) {
    boolean ready = missing.isEmpty();
    TopicConditions conditions =
        new TopicConditions(topic, now)
            .set(
                TopicConditions.ACCEPTED,
                refusal.isEmpty(),
                refusal.map(Refusal::reason).orElse("Accepted"),
                refusal.map(Refusal::message).orElse(""))
            .set(
                TopicConditions.READY,
                ready,
                ready ? "AllPartitionsReady" : "CreatingPartitions",
                "");
    String lost = lost(missing);
    if (!lost.isEmpty()) {
      conditions.set(
          TopicConditions.POSSIBLE_DATA_LOSS,
          true,
          "PartitionsMissing",
          "partitions "
              + lost
              + " were not on any disk any more and are made anew, empty: look for their disks");
    }
    return new TopicStatus(
        topic.metadata().generation(),
        ready ? TopicPhase.READY : TopicPhase.CREATING,
        Optional.of(id.toString()),
        Optional.of(applied),
        conditions.build());
  }

  // Once a topic is Ready, each of its partitions was on disk.
  private String lost(Map<GroupId, List<NewPartition>> missing) {
    if (topic.status().phase() != TopicPhase.READY) {
      return "";
    }
    int made = topic.status().applied().map(TopicStatus.Applied::partitions).orElse(0);
    return missing.values().stream()
        .flatMap(List::stream)
        .map(partition -> partition.id().partition())
        .filter(partition -> partition < made)
        .sorted()
        .map(String::valueOf)
        .collect(Collectors.joining(", "));
  }
}
