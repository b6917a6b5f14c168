package dev.leat.broker.control;

import dev.leat.broker.log.TopicId;
import dev.leat.crds.ResourceName;
import dev.leat.crds.Topic;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** All tracked topics, by resource name, topic name and id. */
final class TopicIndex {
  // Who owns a name that several have: who has an id already, then the oldest.
  private static final Comparator<Topic> OWNER_FIRST =
      Comparator.comparing((Topic topic) -> topic.status().topicId().isEmpty())
          .thenComparing(topic -> topic.metadata().creationTimestamp().orElse(Instant.MAX))
          .thenComparing(Topic::resourceName);

  private final Map<ResourceName, TrackedTopic> byResource = new TreeMap<>();
  // As it was when the other entries were made.
  private final Map<ResourceName, Topic> indexed = new HashMap<>();
  private final Map<String, Set<ResourceName>> byName = new HashMap<>();
  private final Map<TopicId, ResourceName> byId = new HashMap<>();

  @Nullable TrackedTopic find(ResourceName name) {
    return byResource.get(name);
  }

  /** All, in order of their resource names. */
  Collection<ResourceName> all() {
    return List.copyOf(byResource.keySet());
  }

  /** Adds a topic, or makes its entries anew after it has changed. */
  void put(TrackedTopic tracked) {
    Topic topic = tracked.topic();
    remove(topic.resourceName());
    byResource.put(topic.resourceName(), tracked);
    indexed.put(topic.resourceName(), topic);
    byName.computeIfAbsent(topic.topicName(), name -> new TreeSet<>()).add(topic.resourceName());
    topic.status().topicId().ifPresent(id -> byId.put(TopicId.parse(id), topic.resourceName()));
  }

  /** Removes a topic. */
  void remove(ResourceName name) {
    byResource.remove(name);
    Topic topic = indexed.remove(name);
    if (topic == null) {
      return;
    }
    Set<ResourceName> sameName = byName.get(topic.topicName());
    if (sameName != null && sameName.remove(name) && sameName.isEmpty()) {
      byName.remove(topic.topicName());
    }
    topic.status().topicId().ifPresent(id -> byId.remove(TopicId.parse(id), name));
  }

  /** All topics that want this name. */
  Collection<ResourceName> named(String topicName) {
    return List.copyOf(byName.getOrDefault(topicName, Set.of()));
  }

  /** Who has the name of {@code topic}; itself if nobody else does. */
  Topic ownerOf(Topic topic) {
    return named(topic.topicName()).stream()
        .flatMap(name -> Optional.ofNullable(byResource.get(name)).stream())
        .map(TrackedTopic::topic)
        .min(OWNER_FIRST)
        .orElse(topic);
  }

  /** The topic with this id, if there is a resource for it. */
  Optional<ResourceName> withId(TopicId id) {
    return Optional.ofNullable(byId.get(id));
  }
}
