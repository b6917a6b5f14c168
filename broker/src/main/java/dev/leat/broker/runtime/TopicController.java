package dev.leat.broker.runtime;

import dev.leat.broker.control.StateStore;
import dev.leat.broker.control.StoreOutcome;
import dev.leat.broker.control.TopicEffect;
import dev.leat.broker.control.TopicEvent;
import dev.leat.broker.control.TopicMachine;
import dev.leat.broker.control.WatchEvent;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.TopicId;
import dev.leat.broker.replication.Effect;
import dev.leat.broker.replication.GroupEvent;
import dev.leat.broker.replication.Outcome;
import dev.leat.crds.Cluster;
import dev.leat.crds.Kind;
import dev.leat.crds.ResourceName;
import dev.leat.crds.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the machine that makes Topic resources true: tells it what the store and the groups say, and
 * does what it wants done. On the core loop only; what comes from elsewhere goes through its
 * mailbox.
 */
final class TopicController implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TopicController.class);

  private final TopicMachine machine;
  private final ResourceName clusterName;
  private final CoreLoop core;
  private final StateStore store;
  private final Map<GroupId, GroupRunner> groups;
  private final Clock clock;
  private final RandomGenerator random;
  private StateStore.@Nullable Watch clusterWatch;

  TopicController(
      ResourceName clusterName,
      CoreLoop core,
      StateStore store,
      Map<GroupId, GroupRunner> groups,
      Clock clock,
      RandomGenerator random) {
    this.machine = new TopicMachine(clusterName);
    this.clusterName = clusterName;
    this.core = core;
    this.store = store;
    this.groups = groups;
    this.clock = clock;
    this.random = random;
  }

  /** Begins; the groups report as soon as they are led. */
  void start() {
    core.call(() -> step(new TopicEvent.GroupsListed(groups.keySet())));
    clusterWatch = store.watch(Kind.CLUSTER, this::onCluster);
  }

  private void onCluster(WatchEvent<Cluster> event) {
    switch (event) {
      case WatchEvent.Snapshot<Cluster> snapshot -> snapshot.resources().forEach(this::onCluster);
      case WatchEvent.Changed<Cluster>(Cluster cluster) -> onCluster(cluster);
      case WatchEvent.Deleted<Cluster> deleted -> {}
      case WatchEvent.Interrupted<Cluster> interrupted -> {}
    }
  }

  private void onCluster(Cluster cluster) {
    if (cluster.resourceName().equals(clusterName)) {
      core.call(() -> step(new TopicEvent.ClusterChanged(cluster)));
    }
  }

  /** The watch of Topics reports. */
  void onTopic(WatchEvent<Topic> event) {
    step(new TopicEvent.Watched(event));
  }

  /** A group leads now, or its partitions have changed. */
  void onGroupChange(CoreLoop.GroupChange change) {
    GroupRunner group = change.group();
    GroupId id = group.view().id();
    switch (change.effect()) {
      case Effect.Advanced advanced ->
          later(new TopicEvent.GroupReported(id, group.machine().partitions()));
      case Effect.PartitionsChanged changed ->
          later(new TopicEvent.PartitionsChanged(id, changed.created(), changed.deleted()));
      default -> {}
    }
  }

  private void step(TopicEvent event) {
    for (TopicEffect effect : machine.step(event, Instant.ofEpochMilli(clock.wallMs()))) {
      apply(effect);
    }
  }

  /** Not at once: the machine of a group or of topics may be in the middle of a step. */
  private void later(TopicEvent event) {
    core.call(() -> step(event));
  }

  private void apply(TopicEffect effect) {
    switch (effect) {
      case TopicEffect.ReadTopic read -> answer(read, store.get(Kind.TOPIC, read.name()));
      case TopicEffect.UpdateTopic update -> answer(update, store.update(update.topic()));
      case TopicEffect.UpdateTopicStatus update ->
          answer(update, store.updateStatus(update.topic()));
      case TopicEffect.DrawTopicId(ResourceName name) ->
          later(
              new TopicEvent.TopicIdDrawn(name, new TopicId(random.nextLong(), random.nextLong())));
      case TopicEffect.CreateGroup(GroupId group) ->
          later(
              new TopicEvent.GroupFailed(
                  group, "group " + group + " needs more brokers than this cluster has"));
      case TopicEffect.ChangePartitions change -> change(change);
      case TopicEffect.Retry(Duration after, TopicEvent event) ->
          CompletableFuture.delayedExecutor(after.toMillis(), TimeUnit.MILLISECONDS, core::call)
              .execute(() -> step(event));
      case TopicEffect.Warn(String message) -> LOG.warn("{}", message);
    }
  }

  private void answer(TopicEffect.StoreCall call, CompletionStage<StoreOutcome<Topic>> answer) {
    answer.thenAccept(outcome -> later(new TopicEvent.Answered(call.name(), call.call(), outcome)));
  }

  private void change(TopicEffect.ChangePartitions change) {
    GroupRunner group = groups.get(change.group());
    if (group == null) {
      later(new TopicEvent.GroupFailed(change.group(), "no group " + change.group() + " here"));
      return;
    }
    CoreLoop.OutcomeListener listener = outcome -> later(done(change.group(), outcome));
    core.step(group, new GroupEvent.ChangePartitions(change.created(), change.deleted(), listener));
  }

  private static TopicEvent done(GroupId group, Outcome outcome) {
    return outcome instanceof Outcome.Refused refused
        ? new TopicEvent.GroupFailed(group, refused.detail())
        : new TopicEvent.GroupDone(group);
  }

  @Override
  public void close() {
    if (clusterWatch != null) {
      clusterWatch.close();
    }
  }
}
