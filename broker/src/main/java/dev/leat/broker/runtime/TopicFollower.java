package dev.leat.broker.runtime;

import dev.leat.broker.control.WatchEvent;
import dev.leat.crds.ResourceName;
import dev.leat.crds.Topic;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Follows the Topic resources, for everybody on this broker who needs to know them. Works on the
 * core loop.
 */
final class TopicFollower {
  private final CoreLoop core;
  private final TopicRegistry registry;
  private final TopicResources resources;
  private final Consumer<WatchEvent<Topic>> controller;
  private final Runnable onSnapshot;
  private final Map<ResourceName, Topic> known = new HashMap<>();

  /**
   * A follower.
   *
   * @param controller hears everything too
   * @param onSnapshot called when all topics have been seen
   */
  TopicFollower(
      CoreLoop core,
      TopicRegistry registry,
      TopicResources resources,
      Consumer<WatchEvent<Topic>> controller,
      Runnable onSnapshot) {
    this.core = core;
    this.registry = registry;
    this.resources = resources;
    this.controller = controller;
    this.onSnapshot = onSnapshot;
  }

  /** All Topics that are known. On the core loop. */
  Collection<Topic> known() {
    return known.values();
  }

  /** The watch reports. Any thread. */
  void onEvent(WatchEvent<Topic> event) {
    core.call(() -> follow(event));
  }

  private void follow(WatchEvent<Topic> event) {
    switch (event) {
      case WatchEvent.Snapshot<Topic> snapshot -> {
        Set<ResourceName> gone = new HashSet<>(known.keySet());
        snapshot.resources().forEach(topic -> gone.remove(topic.resourceName()));
        gone.forEach(this::forget);
        snapshot.resources().forEach(this::learn);
        onSnapshot.run();
      }
      case WatchEvent.Changed<Topic>(Topic topic) -> learn(topic);
      case WatchEvent.Deleted<Topic>(Topic topic) -> forget(topic.resourceName());
      case WatchEvent.Interrupted<Topic> interrupted -> {}
    }
    controller.accept(event);
  }

  private void learn(Topic topic) {
    Topic before = known.put(topic.resourceName(), topic);
    if (before != null && !before.metadata().uid().equals(topic.metadata().uid())) {
      registry.remove(before);
    }
    registry.put(topic);
    resources.put(topic);
  }

  private void forget(ResourceName name) {
    Topic gone = known.remove(name);
    if (gone != null) {
      registry.remove(gone);
      resources.remove(gone.topicName());
    }
  }
}
