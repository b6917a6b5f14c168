package dev.leat.broker.control;

import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.TopicId;
import dev.leat.broker.replication.GroupEvent.NewPartition;
import dev.leat.crds.Cluster;
import dev.leat.crds.ClusterSpec;
import dev.leat.crds.Resource;
import dev.leat.crds.ResourceName;
import dev.leat.crds.Topic;
import dev.leat.crds.value.ClusterRef;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The controller's part for topics: makes what the Topic resources ask for true in the groups, and
 * writes back what is true.
 *
 * <p>It keeps no state of its own that matters: what it remembers is what resources and groups have
 * said, and what is under way. Each step plans the topics that it touches anew ({@link TopicPlan}),
 * so a controller that starts in the middle of anything, with watches that lag, comes to the same
 * end. Two controllers at once do no harm: ids are fixed by compare-and-set, and partitions are
 * created only for a version of the resource that the store itself has confirmed.
 *
 * <p>Records are deleted for one reason only: a Topic that has their id is being deleted, and its
 * policy is not to retain them. A Topic that is merely missing deletes nothing.
 */
public final class TopicMachine {
  /** Most partitions that are created or deleted in one entry: bounds its size to about 300 KB. */
  public static final int MAX_CHANGES = 1_000;

  /** Most calls to the store at a time: bounds what the API server gets from one controller. */
  static final int MAX_CALLS = 256;

  /** First pause after a failure, in ms; each further one doubles it. */
  static final long MIN_PAUSE_MS = 100;

  /** Longest pause after failures, in ms. */
  static final long MAX_PAUSE_MS = 10_000;

  private final ResourceName clusterName;
  private final TopicIndex topics = new TopicIndex();
  private final PartitionMap partitions = new PartitionMap();
  private final Map<GroupId, GroupChanges> changes = new TreeMap<>();
  private final Set<GroupId> creating = new LinkedHashSet<>();
  private final Queue<TopicEffect.StoreCall> waitingCalls = new ArrayDeque<>();
  private @Nullable ClusterSpec cluster;
  private int calls;
  private long lastCall;

  // Of the step under way.
  private final Set<ResourceName> touched = new LinkedHashSet<>();
  private List<TopicEffect> effects = new ArrayList<>();

  /** The machine for the topics of one cluster. */
  public TopicMachine(ResourceName clusterName) {
    this.clusterName = clusterName;
  }

  /**
   * Takes in what happened.
   *
   * @param now wall clock, for the times in conditions only
   * @return what is to be done
   */
  public List<TopicEffect> step(TopicEvent event, Instant now) {
    effects = new ArrayList<>();
    switch (event) {
      case TopicEvent.ClusterChanged(Cluster changed) -> {
        cluster = changed.spec();
        touched.addAll(topics.all());
      }
      case TopicEvent.Watched(WatchEvent<Topic> watched) -> onWatched(watched);
      case TopicEvent.GroupsListed listed -> {
        partitions.list(listed.groups());
        touched.addAll(topics.all());
      }
      case TopicEvent.GroupReported reported -> onReport(reported);
      case TopicEvent.PartitionsChanged changed -> onPartitions(changed);
      case TopicEvent.GroupDone(GroupId group) -> onDone(group);
      case TopicEvent.GroupFailed failed -> onFailure(failed);
      case TopicEvent.Answered answered -> onAnswer(answered);
      case TopicEvent.TopicIdDrawn drawn -> onDrawn(drawn);
      case TopicEvent.TopicRetryDue due -> onRetry(due);
      case TopicEvent.GroupRetryDue(GroupId group) -> onRetry(group);
    }
    plan(now);
    changes.forEach(this::emitChanges);
    emitCalls();
    return effects;
  }

  private void onWatched(WatchEvent<Topic> event) {
    switch (event) {
      case WatchEvent.Snapshot<Topic> snapshot -> {
        Set<ResourceName> present =
            snapshot.resources().stream().map(Resource::resourceName).collect(Collectors.toSet());
        topics.all().stream().filter(name -> !present.contains(name)).forEach(this::remove);
        snapshot.resources().forEach(this::onVersion);
      }
      case WatchEvent.Changed<Topic>(Topic topic) -> onVersion(topic);
      case WatchEvent.Deleted<Topic>(Topic topic) -> {
        TrackedTopic known = topics.find(topic.resourceName());
        if (known != null && known.topic().metadata().uid().equals(topic.metadata().uid())) {
          remove(topic.resourceName());
        }
      }
      case WatchEvent.Interrupted<Topic> interrupted -> {}
    }
  }

  private void onVersion(Topic topic) {
    if (!isOurs(topic)) {
      remove(topic.resourceName());
      return;
    }
    TrackedTopic known = topics.find(topic.resourceName());
    if (known == null) {
      topics.put(new TrackedTopic(topic));
    } else {
      known.watched(topic);
      topics.put(known);
    }
    touched.add(topic.resourceName());
  }

  // A Topic that names no Cluster belongs to the only one.
  private boolean isOurs(Topic topic) {
    Optional<ClusterRef> cluster = topic.spec().cluster();
    return cluster.isEmpty()
        || (cluster.get().name().equals(clusterName.name())
            && cluster
                .get()
                .namespace()
                .orElse(topic.metadata().namespace())
                .equals(clusterName.namespace()));
  }

  private void remove(ResourceName name) {
    TrackedTopic gone = topics.find(name);
    topics.remove(name);
    if (gone != null) {
      // Somebody else may get the name now.
      touched.addAll(topics.named(gone.topic().topicName()));
      gone.topic().status().topicId().map(TopicId::parse).ifPresent(this::wantNothing);
    }
  }

  private void onReport(TopicEvent.GroupReported reported) {
    boolean wasComplete = partitions.isComplete();
    touch(partitions.topicsIn(reported.group()));
    partitions.report(reported.group(), reported.partitions());
    touch(partitions.topicsIn(reported.group()));
    if (creating.remove(reported.group()) || partitions.isComplete() != wasComplete) {
      touched.addAll(topics.all());
    }
  }

  private void onPartitions(TopicEvent.PartitionsChanged changed) {
    changed.created().forEach(each -> partitions.add(changed.group(), each.id(), each.topicName()));
    changed.deleted().forEach(each -> partitions.remove(changed.group(), each.id()));
    changed.created().forEach(each -> touch(Set.of(each.id().topic())));
    changed.deleted().forEach(each -> touch(Set.of(each.id().topic())));
  }

  private void onDone(GroupId group) {
    Optional<GroupChanges.Batch> batch = changesOf(group).done();
    if (batch.isPresent()) {
      for (NewPartition created : batch.get().created()) {
        partitions.add(group, created.id(), created.topicName());
      }
      batch.get().deleted().forEach(deleted -> partitions.remove(group, deleted));
      touch(batch.get().topics());
    }
  }

  private void onFailure(TopicEvent.GroupFailed event) {
    creating.remove(event.group());
    int failures = changesOf(event.group()).failed();
    effects.add(
        new TopicEffect.Warn(
            "group %s does not change its partitions: %s; it is tried again"
                .formatted(event.group(), event.reason())));
    effects.add(
        new TopicEffect.Retry(pause(failures), new TopicEvent.GroupRetryDue(event.group())));
  }

  private void onRetry(GroupId group) {
    touch(changesOf(group).unblock());
    if (!partitions.exists(group)) {
      touched.addAll(topics.all());
    }
  }

  private void onAnswer(TopicEvent.Answered event) {
    calls--;
    TrackedTopic tracked = topics.find(event.name());
    if (tracked == null || !tracked.isCalling(event.call())) {
      return;
    }
    switch (event.outcome()) {
      case StoreOutcome.Ok<Topic>(Topic topic) -> {
        boolean isLast = tracked.answered(topic);
        topics.put(tracked);
        touched.addAll(topics.named(topic.topicName()));
        if (!isLast) {
          read(event.name());
        }
      }
      case StoreOutcome.NotFound<Topic> gone -> remove(event.name());
      case StoreOutcome.Conflict<Topic> conflict -> read(event.name());
      case StoreOutcome.AlreadyExists<Topic> other -> retry(event, tracked, Duration.ZERO);
      case StoreOutcome.Refused<Topic>(String reason) -> {
        effects.add(
            new TopicEffect.Warn("Topic %s cannot be written: %s".formatted(event.name(), reason)));
        retry(event, tracked, Duration.ZERO);
      }
      case StoreOutcome.Unreachable<Topic> unreachable ->
          retry(event, tracked, unreachable.retryAfter());
    }
  }

  private void retry(TopicEvent.Answered event, TrackedTopic tracked, Duration least) {
    Duration usual = pause(tracked.pause());
    Duration pause = least.compareTo(usual) > 0 ? least : usual;
    effects.add(
        new TopicEffect.Retry(pause, new TopicEvent.TopicRetryDue(event.name(), event.call())));
  }

  private void onRetry(TopicEvent.TopicRetryDue event) {
    TrackedTopic tracked = topics.find(event.name());
    if (tracked != null && tracked.isCalling(event.call())) {
      // What was asked last may have been done.
      read(event.name());
    }
  }

  private void onDrawn(TopicEvent.TopicIdDrawn event) {
    TrackedTopic tracked = topics.find(event.name());
    if (tracked != null) {
      tracked.drawn(event.id());
      touched.add(event.name());
    }
  }

  private static Duration pause(int failures) {
    int doublings = Math.min(failures - 1, 10);
    return Duration.ofMillis(Math.min(MIN_PAUSE_MS << doublings, MAX_PAUSE_MS));
  }

  private void touch(Collection<TopicId> ids) {
    ids.forEach(id -> topics.withId(id).ifPresent(touched::add));
  }

  private void plan(Instant now) {
    for (ResourceName name : touched) {
      TrackedTopic tracked = topics.find(name);
      if (tracked != null && cluster != null && !tracked.isBusy()) {
        TopicPlan.Surroundings around =
            new TopicPlan.Surroundings(
                cluster,
                partitions,
                topics.ownerOf(tracked.topic()),
                tracked.drawnId(),
                id -> topics.withId(id).isPresent());
        take(TopicPlan.next(tracked.topic(), around, now), tracked);
      }
    }
    touched.clear();
  }

  private void take(TopicStep step, TrackedTopic tracked) {
    ResourceName name = tracked.topic().resourceName();
    switch (step) {
      case TopicStep.Rest rest -> {}
      case TopicStep.DrawId draw -> {
        tracked.draw();
        effects.add(new TopicEffect.DrawTopicId(name));
      }
      case TopicStep.Update(Topic topic) -> update(topic);
      case TopicStep.UpdateStatus(Topic topic) -> updateStatus(topic, tracked);
      case TopicStep.CreateGroups(Set<GroupId> groups) -> groups.forEach(this::create);
      case TopicStep.Create create -> {
        if (tracked.isFresh()) {
          create
              .partitions()
              .forEach((group, wanted) -> changesOf(group).want(create.id(), wanted, List.of()));
        } else {
          read(name);
        }
      }
      case TopicStep.Delete delete -> {
        wantNothing(delete.id());
        delete
            .partitions()
            .forEach((group, wanted) -> changesOf(group).want(delete.id(), List.of(), wanted));
      }
    }
  }

  private void update(Topic topic) {
    if (topic.metadata().isBeingDeleted()) {
      topic.status().topicId().map(TopicId::parse).ifPresent(this::wantNothing);
    }
    if (!isChanging(topic)) {
      call(new TopicEffect.UpdateTopic(topic, nextCall()));
    }
  }

  private void updateStatus(Topic topic, TrackedTopic tracked) {
    boolean givesId =
        topic.status().topicId().isPresent() && tracked.topic().status().topicId().isEmpty();
    if (givesId && !isFresh(topics.named(topic.topicName()))) {
      return;
    }
    call(new TopicEffect.UpdateTopicStatus(topic, nextCall()));
  }

  // An id must not be given while old news may hide that another resource of the name has one.
  private boolean isFresh(Collection<ResourceName> names) {
    boolean fresh = true;
    for (ResourceName name : names) {
      TrackedTopic tracked = Objects.requireNonNull(topics.find(name));
      fresh &= tracked.isFresh();
      if (!tracked.isFresh() && !tracked.isBusy()) {
        read(name);
      }
    }
    return fresh;
  }

  // While a group may still create a partition of it, a topic that is being deleted must stay.
  private boolean isChanging(Topic topic) {
    Optional<TopicId> id = topic.status().topicId().map(TopicId::parse);
    return id.isPresent()
        && changes.values().stream().anyMatch(group -> group.isWorkingOn(id.get()));
  }

  private void wantNothing(TopicId id) {
    changes.values().forEach(group -> group.want(id, List.of(), List.of()));
  }

  private void create(GroupId group) {
    if (!changesOf(group).isBlocked() && creating.add(group)) {
      effects.add(new TopicEffect.CreateGroup(group));
    }
  }

  private GroupChanges changesOf(GroupId group) {
    return changes.computeIfAbsent(group, key -> new GroupChanges());
  }

  private void emitChanges(GroupId group, GroupChanges wanted) {
    wanted
        .take(MAX_CHANGES)
        .ifPresent(
            batch ->
                effects.add(
                    new TopicEffect.ChangePartitions(group, batch.created(), batch.deleted())));
  }

  private long nextCall() {
    return ++lastCall;
  }

  private void read(ResourceName name) {
    call(new TopicEffect.ReadTopic(name, nextCall()));
  }

  private void call(TopicEffect.StoreCall call) {
    TrackedTopic tracked = topics.find(call.name());
    if (tracked != null) {
      tracked.call(call.call());
      waitingCalls.add(call);
    }
  }

  private void emitCalls() {
    while (calls < MAX_CALLS && !waitingCalls.isEmpty()) {
      calls++;
      effects.add(waitingCalls.remove());
    }
  }
}
