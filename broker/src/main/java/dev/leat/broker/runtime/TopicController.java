package dev.leat.broker.runtime;

import dev.leat.broker.control.StateStore;
import dev.leat.broker.control.StoreOutcome;
import dev.leat.broker.control.WatchEvent;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.TopicId;
import dev.leat.broker.log.TopicPartition;
import dev.leat.broker.replication.GroupEvent;
import dev.leat.crds.Topic;
import dev.leat.crds.TopicPhase;
import dev.leat.crds.TopicStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Makes Topic resources true: gives ids, creates partitions, writes the status. On the core loop
 * only.
 */
final class TopicController {
  private final CoreLoop core;
  private final StateStore store;
  private final TopicRegistry registry;
  private final TopicResources resources;
  private final Map<GroupId, GroupRunner> groups;
  private final int groupsPerClass;
  private final RandomGenerator random;
  private final Runnable onSnapshot;

  TopicController(
      CoreLoop core,
      StateStore store,
      TopicRegistry registry,
      TopicResources resources,
      Map<GroupId, GroupRunner> groups,
      int groupsPerClass,
      RandomGenerator random,
      Runnable onSnapshot) {
    this.core = core;
    this.store = store;
    this.registry = registry;
    this.resources = resources;
    this.groups = groups;
    this.groupsPerClass = groupsPerClass;
    this.random = random;
    this.onSnapshot = onSnapshot;
  }

  void onEvent(WatchEvent<Topic> event) {
    core.call(
        () -> {
          switch (event) {
            case WatchEvent.Snapshot<Topic> snapshot -> {
              snapshot.resources().forEach(this::changed);
              onSnapshot.run();
            }
            case WatchEvent.Changed<Topic>(Topic topic) -> changed(topic);
            case WatchEvent.Deleted<Topic>(Topic topic) -> {
              registry.remove(topic);
              resources.remove(topic.topicName());
            }
            case WatchEvent.Interrupted<Topic> interrupted -> {}
          }
        });
  }

  private void changed(Topic topic) {
    registry.put(topic);
    resources.put(topic);
    if (topic.status().observedGeneration() < topic.metadata().generation()) {
      create(topic);
    }
  }

  private void create(Topic topic) {
    TopicId id =
        topic
            .status()
            .topicId()
            .map(TopicId::parse)
            .orElseGet(() -> new TopicId(random.nextLong(), random.nextLong()));
    int replicas = topic.spec().replicas().orElse(1);
    Map<GroupId, List<GroupEvent.NewPartition>> byGroup = new HashMap<>();
    for (int p = 0; p < topic.spec().partitions(); p++) {
      byGroup
          .computeIfAbsent(id.groupOf(p, replicas, groupsPerClass), g -> new ArrayList<>())
          .add(new GroupEvent.NewPartition(new TopicPartition(id, p), topic.topicName()));
    }
    int[] open = {byGroup.size()};
    byGroup.forEach(
        (group, created) -> {
          CoreLoop.OutcomeListener done =
              outcome -> {
                if (--open[0] == 0) {
                  ready(topic, id, replicas);
                }
              };
          core.step(
              Objects.requireNonNull(groups.get(group)),
              new GroupEvent.ChangePartitions(created, List.of(), done));
        });
  }

  private void ready(Topic topic, TopicId id, int replicas) {
    TopicStatus status =
        new TopicStatus(
            topic.metadata().generation(),
            TopicPhase.READY,
            Optional.of(id.toString()),
            Optional.of(
                new TopicStatus.Applied(
                    topic.spec().partitions(),
                    replicas,
                    topic.spec().retention(),
                    topic.spec().cleanup(),
                    topic.spec().config())),
            List.of());
    store
        .updateStatus(topic.withStatus(status))
        .thenAccept(
            outcome -> {
              if (!(outcome instanceof StoreOutcome.Ok<Topic>)) {
                throw new IllegalStateException("status " + outcome);
              }
            });
  }
}
