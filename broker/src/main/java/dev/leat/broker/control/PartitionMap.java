package dev.leat.broker.control;

import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.PartitionInfo;
import dev.leat.broker.log.TopicId;
import dev.leat.broker.log.TopicPartition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which partitions the groups hold, as far as they have said: what the disks know of topics,
 * whatever the resources say.
 */
final class PartitionMap {
  private static final Comparator<TopicId> ORDER = TopicId::compareTo;

  private final Map<TopicId, TreeMap<Integer, GroupId>> byTopic = new HashMap<>();
  private final Map<TopicId, String> names = new HashMap<>();
  private final Map<String, Set<TopicId>> idsOfName = new HashMap<>();
  private final Map<GroupId, Set<TopicPartition>> byGroup = new HashMap<>();
  private final Set<GroupId> existing = new HashSet<>();
  private boolean listed;

  /** These groups exist, and no others. */
  void list(Collection<GroupId> groups) {
    listed = true;
    List<GroupId> gone = new ArrayList<>(byGroup.keySet());
    gone.removeAll(groups);
    gone.forEach(this::forget);
    existing.clear();
    existing.addAll(groups);
  }

  private void forget(GroupId group) {
    Set<TopicPartition> held = byGroup.remove(group);
    if (held != null) {
      held.forEach(this::unmap);
    }
  }

  /** A group holds these, and nothing else. It exists, listed or not. */
  void report(GroupId group, List<PartitionInfo> partitions) {
    forget(group);
    existing.add(group);
    byGroup.put(group, new HashSet<>());
    partitions.forEach(partition -> add(group, partition.id(), partition.topicName()));
  }

  /** A group holds this too. Ignored while its report is awaited: that will say so. */
  void add(GroupId group, TopicPartition partition, String topicName) {
    Set<TopicPartition> held = byGroup.get(group);
    if (held == null || !held.add(partition)) {
      return;
    }
    TopicId id = partition.topic();
    byTopic.computeIfAbsent(id, topic -> new TreeMap<>()).put(partition.partition(), group);
    names.put(id, topicName);
    idsOfName.computeIfAbsent(topicName, name -> new HashSet<>()).add(id);
  }

  /** A group does not hold this any more. */
  void remove(GroupId group, TopicPartition partition) {
    Set<TopicPartition> held = byGroup.get(group);
    if (held != null && held.remove(partition)) {
      unmap(partition);
    }
  }

  private void unmap(TopicPartition partition) {
    TopicId id = partition.topic();
    SortedMap<Integer, GroupId> left = byTopic.get(id);
    if (left == null || left.remove(partition.partition()) == null || !left.isEmpty()) {
      return;
    }
    byTopic.remove(id);
    String name = names.remove(id);
    Set<TopicId> ids = idsOfName.get(name);
    if (ids != null && ids.remove(id) && ids.isEmpty()) {
      idsOfName.remove(name);
    }
  }

  /** Whether it is known which groups exist. */
  boolean isListed() {
    return listed;
  }

  /** Whether every group that exists has said what it holds. */
  boolean isComplete() {
    return listed && byGroup.size() == existing.size();
  }

  /** Whether the group exists. */
  boolean exists(GroupId group) {
    return existing.contains(group);
  }

  /** Whether the group has said what it holds. */
  boolean isReported(GroupId group) {
    return byGroup.containsKey(group);
  }

  /** Partitions of a topic, each with the group that holds it. */
  SortedMap<Integer, GroupId> partitionsOf(TopicId id) {
    SortedMap<Integer, GroupId> partitions = byTopic.get(id);
    return partitions == null
        ? Collections.emptySortedMap()
        : Collections.unmodifiableSortedMap(partitions);
  }

  /**
   * The id of the undeleted topic of this name. Of several, as when a deletion was broken off, the
   * one with most partitions, then the lowest.
   */
  Optional<TopicId> idOf(String topicName) {
    Comparator<TopicId> size = Comparator.comparing(id -> partitionsOf(id).size());
    return idsOfName.getOrDefault(topicName, Set.of()).stream()
        .max(size.thenComparing(ORDER.reversed()));
  }

  /** Topics that have a partition in a group. */
  Set<TopicId> topicsIn(GroupId group) {
    Set<TopicId> topics = new HashSet<>();
    byGroup.getOrDefault(group, Set.of()).forEach(partition -> topics.add(partition.topic()));
    return topics;
  }
}
