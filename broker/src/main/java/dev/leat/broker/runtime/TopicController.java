package dev.leat.broker.runtime;

import dev.leat.broker.control.StateStore;
import dev.leat.broker.control.StoreOutcome;
import dev.leat.broker.control.TopicEffect;
import dev.leat.broker.control.TopicEvent;
import dev.leat.broker.control.TopicMachine;
import dev.leat.broker.control.WatchEvent;
import dev.leat.broker.control.coordination.CoordinationEvent;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.TopicId;
import dev.leat.broker.runtime.thread.Clock;
import dev.leat.crds.Cluster;
import dev.leat.crds.Kind;
import dev.leat.crds.ResourceName;
import dev.leat.crds.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the machine that makes Topic resources true, while this broker is the controller: tells it
 * what the store and the groups say, and does what it wants done. Groups are reached through
 * coordination, wherever their leaders are. On the core loop only; what comes from elsewhere goes
 * through its mailbox.
 */
final class TopicController implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TopicController.class);

  private final TopicMachine machine;
  private final CoreLoop core;
  private final StateStore store;
  private final Consumer<CoordinationEvent> groups;
  private final Clock clock;
  private final RandomGenerator random;
  private boolean closed;

  /**
   * A controller that does nothing yet.
   *
   * @param groups is asked to create and change groups; answers come by {@link #tell}
   */
  TopicController(
      ResourceName clusterName,
      CoreLoop core,
      StateStore store,
      Consumer<CoordinationEvent> groups,
      Clock clock,
      RandomGenerator random) {
    this.machine = new TopicMachine(clusterName);
    this.core = core;
    this.store = store;
    this.groups = groups;
    this.clock = clock;
    this.random = random;
  }

  /** Begins with what is known. */
  void begin(@Nullable Cluster cluster, Collection<Topic> topics) {
    if (cluster != null) {
      onCluster(cluster);
    }
    onTopic(new WatchEvent.Snapshot<>(Kind.TOPIC, List.copyOf(topics)));
  }

  /** The Cluster is known, new or changed. */
  void onCluster(Cluster cluster) {
    step(new TopicEvent.ClusterChanged(cluster));
  }

  /** What groups say. */
  void tell(TopicEvent event) {
    step(event);
  }

  /** The watch of Topics reports. */
  void onTopic(WatchEvent<Topic> event) {
    step(new TopicEvent.Watched(event));
  }

  private void step(TopicEvent event) {
    if (closed) {
      return;
    }
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
          groups.accept(new CoordinationEvent.CreateGroup(group));
      case TopicEffect.ChangePartitions change ->
          groups.accept(
              new CoordinationEvent.ChangePartitions(
                  change.group(), change.created(), change.deleted()));
      case TopicEffect.Retry(Duration after, TopicEvent event) ->
          CompletableFuture.delayedExecutor(after.toMillis(), TimeUnit.MILLISECONDS, core::call)
              .execute(() -> step(event));
      case TopicEffect.Warn(String message) -> LOG.warn("{}", message);
    }
  }

  private void answer(TopicEffect.StoreCall call, CompletionStage<StoreOutcome<Topic>> answer) {
    answer.thenAccept(outcome -> later(new TopicEvent.Answered(call.name(), call.call(), outcome)));
  }

  /** Ends: nothing is done any more, whatever is answered. */
  @Override
  public void close() {
    closed = true;
  }
}
