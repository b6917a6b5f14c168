package dev.leat.broker.runtime;

import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.PartitionInfo;
import dev.leat.broker.log.RetentionPlan.Retention;
import dev.leat.broker.log.TopicId;
import dev.leat.broker.replication.Effect;
import dev.leat.broker.runtime.view.GroupView;
import dev.leat.broker.runtime.view.GroupViews;
import dev.leat.broker.runtime.view.TopicView;
import dev.leat.crds.Topic;
import dev.leat.crds.TopicPhase;
import dev.leat.crds.TopicStatus;
import dev.leat.crds.value.Cleanup;
import dev.leat.crds.value.TopicConfig;
import dev.leat.crds.value.TopicConfigKey;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Joins what the groups hold with what the Topic resources say. A topic can be used once every
 * partition of it exists: the controller has said so, or the logs here hold all. Used on the core
 * loop only.
 */
final class TopicRegistry {
  private final TopicDirectory directory;
  private final GroupViews views;
  private final int groupsPerClass;
  private final Runnable onChange;
  private final Map<TopicId, Entry> byId = new HashMap<>();

  /**
   * A registry that fills {@code directory}.
   *
   * @param onChange called after the directory has changed
   */
  TopicRegistry(TopicDirectory directory, GroupViews views, int groupsPerClass, Runnable onChange) {
    this.directory = directory;
    this.views = views;
    this.groupsPerClass = groupsPerClass;
    this.onChange = onChange;
  }

  private static final class Entry {
    private final TreeMap<Integer, LivePartition> partitions = new TreeMap<>();
    private final Map<Integer, LivePartition> elsewhere = new HashMap<>();
    private @Nullable Topic resource;
  }

  /** A group has been recovered: these are its partitions. */
  void restore(GroupRunner group) {
    group.machine().partitions().forEach(info -> open(group, info));
  }

  /** Partitions of a group came or went. */
  void onGroupChange(CoreLoop.GroupChange change) {
    if (change.effect() instanceof Effect.PartitionsChanged partitions) {
      partitions.created().forEach(info -> open(change.group(), info));
      partitions.deleted().forEach(this::close);
    } else if (change.effect() instanceof Effect.Dropped
        || change.effect() instanceof Effect.Withdrawn) {
      forget(change.group().view());
    }
  }

  /** The replica here is gone; the partitions are not: they are elsewhere. */
  private void forget(GroupView group) {
    byId.forEach(
        (id, entry) -> {
          if (entry.partitions.values().removeIf(partition -> partition.group() == group)) {
            publish(id, entry);
          }
        });
  }

  /** A Topic resource is new or has changed. */
  void put(Topic topic) {
    topic
        .status()
        .topicId()
        .map(TopicId::parse)
        .ifPresent(
            id -> {
              Entry entry = entry(id);
              entry.resource = topic;
              publish(id, entry);
            });
  }

  /** A Topic resource is gone. */
  void remove(Topic topic) {
    topic
        .status()
        .topicId()
        .map(TopicId::parse)
        .ifPresent(
            id -> {
              entry(id).resource = null;
              withdraw(id, topic.topicName());
              forgetIfEmpty(id);
            });
  }

  /** The resource of a topic, if it is known. */
  @Nullable Topic resource(TopicId id) {
    Entry entry = byId.get(id);
    return entry == null ? null : entry.resource;
  }

  private Entry entry(TopicId id) {
    return byId.computeIfAbsent(id, missing -> new Entry());
  }

  private void open(GroupRunner group, PartitionInfo info) {
    TopicId id = info.id().topic();
    Entry entry = entry(id);
    entry.partitions.put(info.id().partition(), group.open(info));
    LivePartition placeholder = entry.elsewhere.remove(info.id().partition());
    publish(id, entry);
    if (placeholder != null) {
      placeholder.wake();
    }
  }

  private void close(PartitionInfo info) {
    TopicId id = info.id().topic();
    entry(id).partitions.remove(info.id().partition());
    withdraw(id, info.topicName());
    forgetIfEmpty(id);
  }

  private void publish(TopicId id, Entry entry) {
    Topic resource = entry.resource;
    if (resource == null
        || resource.metadata().isBeingDeleted()
        || resource.status().applied().isEmpty()) {
      return;
    }
    TopicStatus.Applied applied = resource.status().applied().get();
    boolean made = resource.status().phase() == TopicPhase.READY;
    if (!made && entry.partitions.headMap(applied.partitions()).size() < applied.partitions()) {
      return;
    }
    List<GroupId> groups = new ArrayList<>(applied.partitions());
    for (int p = 0; p < applied.partitions(); p++) {
      groups.add(id.groupOf(p, applied.replicas(), groupsPerClass));
    }
    TopicView view =
        new TopicView(
            resource.topicName(),
            bytes(id),
            groups,
            applied.config().maxMessageBytes(),
            retained(applied, applied.retention().timeMs()),
            retained(applied, applied.retention().sizeBytes()),
            compaction(applied));
    TopicDirectory.Topic known = directory.find(view.name());
    if (known == null || !known.view().equals(view)) {
      onChange.run();
    }
    List<LivePartition> live = live(entry, view);
    if (known == null || !known.view().equals(view) || !known.live().equals(live)) {
      directory.put(new TopicDirectory.Topic(view, live));
    }
  }

  private List<LivePartition> live(Entry entry, TopicView view) {
    List<LivePartition> live = new ArrayList<>(view.partitions());
    for (int p = 0; p < view.partitions(); p++) {
      LivePartition here = entry.partitions.get(p);
      live.add(here == null ? elsewhere(entry, view, p) : here);
    }
    return live;
  }

  private LivePartition elsewhere(Entry entry, TopicView view, int partition) {
    return entry.elsewhere.computeIfAbsent(
        partition,
        missing ->
            LivePartition.elsewhere(
                views.of(view.groups().get(partition)), view.name(), partition));
  }

  /** What is only compacted is kept for ever, whatever the retention says. */
  private static long retained(TopicStatus.Applied applied, long limit) {
    return applied.cleanup() == Cleanup.COMPACT ? Retention.UNLIMITED : limit;
  }

  private static TopicView.@Nullable Compaction compaction(TopicStatus.Applied applied) {
    TopicConfig config = applied.config();
    return applied.cleanup() == Cleanup.DELETE
        ? null
        : new TopicView.Compaction(
            Long.parseLong(config.get(TopicConfigKey.MIN_COMPACTION_LAG_MS)),
            Long.parseLong(config.get(TopicConfigKey.MAX_COMPACTION_LAG_MS)),
            Double.parseDouble(config.get(TopicConfigKey.MIN_CLEANABLE_DIRTY_RATIO)),
            Long.parseLong(config.get(TopicConfigKey.DELETE_RETENTION_MS)),
            applied.cleanup() == Cleanup.COMPACT_DELETE);
  }

  private void withdraw(TopicId id, String name) {
    TopicDirectory.Topic known = directory.find(name);
    if (known != null && known.view().id().equals(bytes(id))) {
      entry(id).elsewhere.values().forEach(LivePartition::delete);
      entry(id).elsewhere.clear();
      directory.remove(name);
      onChange.run();
    }
  }

  private void forgetIfEmpty(TopicId id) {
    Entry entry = byId.get(id);
    if (entry != null && entry.resource == null && entry.partitions.isEmpty()) {
      byId.remove(id);
    }
  }

  private static ByteBuffer bytes(TopicId id) {
    ByteBuffer bytes = ByteBuffer.allocate(TopicId.SIZE_BYTES);
    id.write(bytes);
    return bytes.flip().asReadOnlyBuffer();
  }
}
