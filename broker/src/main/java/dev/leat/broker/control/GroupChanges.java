package dev.leat.broker.control;

import dev.leat.broker.log.TopicId;
import dev.leat.broker.log.TopicPartition;
import dev.leat.broker.replication.GroupEvent.NewPartition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What one group has to change: a batch that it works on, and what waits meanwhile.
 *
 * <pre>
 *   IDLE --take--> WORKING --done--> IDLE
 *                     \--failed--> BLOCKED --unblock--> IDLE
 * </pre>
 */
final class GroupChanges {
  private record Waiting(Map<TopicPartition, String> created, List<TopicPartition> deleted) {}

  private final Map<TopicId, Waiting> waiting = new LinkedHashMap<>();
  private final Set<TopicId> failed = new LinkedHashSet<>();
  private Optional<Batch> working = Optional.empty();
  private boolean blocked;
  private int failures;

  /** What is done in one go. */
  record Batch(List<NewPartition> created, List<TopicPartition> deleted) {
    Set<TopicId> topics() {
      Set<TopicId> topics = new LinkedHashSet<>();
      created.forEach(partition -> topics.add(partition.id().topic()));
      deleted.forEach(partition -> topics.add(partition.topic()));
      return topics;
    }
  }

  /** Replaces what waits for this topic. What is being worked on is not asked for again. */
  void want(TopicId id, List<NewPartition> created, List<TopicPartition> deleted) {
    waiting.remove(id);
    Map<TopicPartition, String> toCreate = new LinkedHashMap<>();
    for (NewPartition partition : created) {
      if (working.stream().noneMatch(batch -> batch.created().contains(partition))) {
        toCreate.put(partition.id(), partition.topicName());
      }
    }
    List<TopicPartition> toDelete = new ArrayList<>(deleted);
    working.ifPresent(batch -> toDelete.removeAll(batch.deleted()));
    if (!toCreate.isEmpty() || !toDelete.isEmpty()) {
      waiting.put(id, new Waiting(toCreate, toDelete));
    }
  }

  /** Whether a change of this topic is being worked on. */
  boolean isWorkingOn(TopicId id) {
    return working.filter(batch -> batch.topics().contains(id)).isPresent();
  }

  /** The next batch, of at most {@code max} changes, if it is time for one. */
  Optional<Batch> take(int max) {
    if (working.isPresent() || blocked || waiting.isEmpty()) {
      return Optional.empty();
    }
    List<NewPartition> created = new ArrayList<>();
    List<TopicPartition> deleted = new ArrayList<>();
    for (Waiting each : waiting.values()) {
      var creations = each.created().entrySet().iterator();
      while (created.size() + deleted.size() < max && creations.hasNext()) {
        var creation = creations.next();
        created.add(new NewPartition(creation.getKey(), creation.getValue()));
        creations.remove();
      }
      while (created.size() + deleted.size() < max && !each.deleted().isEmpty()) {
        deleted.add(each.deleted().removeLast());
      }
    }
    waiting.values().removeIf(each -> each.created().isEmpty() && each.deleted().isEmpty());
    Batch batch = new Batch(created, deleted);
    working = Optional.of(batch);
    return working;
  }

  /** The batch is done. Returns it; empty if none was being worked on. */
  Optional<Batch> done() {
    Optional<Batch> batch = working;
    working = Optional.empty();
    failures = 0;
    return batch;
  }

  /** The batch was not done, so far as is known. Returns how often that happened in a row. */
  int failed() {
    working.ifPresent(batch -> failed.addAll(batch.topics()));
    working = Optional.empty();
    blocked = true;
    failures++;
    return failures;
  }

  /** Whether a pause after a failure is under way. */
  boolean isBlocked() {
    return blocked;
  }

  /** Goes on. Returns the topics whose changes were not done: they must be planned again. */
  Set<TopicId> unblock() {
    blocked = false;
    Set<TopicId> topics = new LinkedHashSet<>(failed);
    failed.clear();
    return topics;
  }
}
