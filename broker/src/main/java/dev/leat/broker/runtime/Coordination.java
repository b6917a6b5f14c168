package dev.leat.broker.runtime;

import dev.leat.broker.control.StateStore;
import dev.leat.broker.control.StoreOutcome;
import dev.leat.broker.control.WatchEvent;
import dev.leat.broker.control.coordination.ClusterView;
import dev.leat.broker.control.coordination.CoordinationEffect;
import dev.leat.broker.control.coordination.CoordinationEvent;
import dev.leat.broker.control.coordination.CoordinationMachine;
import dev.leat.broker.control.coordination.Hello;
import dev.leat.broker.control.coordination.Now;
import dev.leat.broker.control.coordination.loss.LostGroup;
import dev.leat.broker.control.coordination.loss.RecoveredGroup;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.replication.Effect;
import dev.leat.broker.runtime.loss.LostGroups;
import dev.leat.broker.runtime.thread.Clock;
import dev.leat.crds.Cluster;
import dev.leat.crds.Kind;
import dev.leat.crds.Resource;
import dev.leat.crds.ResourceName;
import dev.leat.crds.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the machine that coordinates the cluster: tells it what links, store and groups say, and
 * does what it wants done. On the core loop only, but for {@link #tell}.
 */
final class Coordination implements AutoCloseable, LostGroups.Desk {
  private static final Logger LOG = LoggerFactory.getLogger(Coordination.class);

  /** A Lease is renewed in time or not at all. */
  private static final int LEASE_CALL_MS = 500;

  private static final int STATE_CALL_MS = 2_000;

  private final CoordinationMachine machine;
  private final ResourceName clusterName;
  private final CoreLoop core;
  private final PeerLinks links;
  private final StateStore store;
  private final Clock clock;
  private final Consumer<ClusterView> onView;
  private final Consumer<Exception> onFatal;
  private final TopicControllers topicControllers;
  private final CompletableFuture<Boolean> drained = new CompletableFuture<>();
  private final List<StateStore.Watch> watches = new ArrayList<>();
  private final Map<Long, Consumer<List<RecoveredGroup>>> recovering = new HashMap<>();
  private long lastRecovery;
  private @Nullable Cluster cluster;
  private @Nullable TopicController topics;

  /** Makes a topic controller, and knows all Topics. */
  interface TopicControllers {
    /** One that does nothing yet. */
    TopicController make(Consumer<CoordinationEvent> groups);

    /** All Topics as the watch knows them. */
    Collection<Topic> known();
  }

  /**
   * What coordination works with.
   *
   * @param onView hears of every change of the cluster
   * @param onFatal hears why this process must end
   */
  record Around(
      ResourceName cluster,
      CoreLoop core,
      PeerLinks links,
      StateStore store,
      Clock clock,
      TopicControllers topics,
      Consumer<ClusterView> onView,
      Consumer<Exception> onFatal) {}

  Coordination(CoordinationMachine machine, Around around) {
    this.machine = machine;
    this.clusterName = around.cluster();
    this.core = around.core();
    this.links = around.links();
    this.store = around.store();
    this.clock = around.clock();
    this.topicControllers = around.topics();
    this.onView = around.onView();
    this.onFatal = around.onFatal();
  }

  /** Begins. */
  void start() {
    core.timer(machine::wakeAtMs, () -> step(new CoordinationEvent.Tick()));
    step(new CoordinationEvent.Tick());
    watches.add(store.watch(Kind.CLUSTER, this::onCluster));
    watches.add(store.watch(Kind.LEASE, event -> tell(new CoordinationEvent.LeaseWatched(event))));
    watches.add(
        store.watch(Kind.CLUSTER_STATE, event -> tell(new CoordinationEvent.StateWatched(event))));
  }

  private void onCluster(WatchEvent<Cluster> event) {
    switch (event) {
      case WatchEvent.Snapshot<Cluster> snapshot -> snapshot.resources().forEach(this::onCluster);
      case WatchEvent.Changed<Cluster>(Cluster changed) -> onCluster(changed);
      case WatchEvent.Deleted<Cluster> deleted -> {}
      case WatchEvent.Interrupted<Cluster> interrupted -> {}
    }
  }

  private void onCluster(Cluster changed) {
    if (changed.resourceName().equals(clusterName)) {
      core.call(
          () -> {
            cluster = changed;
            if (topics != null) {
              topics.onCluster(changed);
            }
            step(new CoordinationEvent.ClusterChanged(changed));
          });
    }
  }

  /** The watch of Topics reports. */
  void onTopic(WatchEvent<Topic> event) {
    if (topics != null) {
      topics.onTopic(event);
    }
  }

  /** Something has happened. Not handled at once: a group may be in the middle of a step. */
  void tell(CoordinationEvent event) {
    core.call(() -> step(event));
  }

  /** A group did something. */
  void onGroupChange(CoreLoop.GroupChange change) {
    GroupRunner group = change.group();
    switch (change.effect()) {
      case Effect.Advanced advanced ->
          tell(
              new CoordinationEvent.GroupLeads(
                  group.view().id(), group.promisedEpoch(), group.machine().partitions()));
      case Effect.PartitionsChanged changed -> {
        if (group.view().own().here()) {
          tell(
              new CoordinationEvent.PartitionsChanged(
                  group.view().id(), changed.created(), changed.deleted()));
        }
      }
      default -> tell(new CoordinationEvent.GroupChanged(group.view().id()));
    }
  }

  /** What is said first on a new link. */
  Hello hello() {
    return machine.hello(now());
  }

  /** Hands everything over; completes when this broker may stop: whether it was in time. */
  CompletionStage<Boolean> drain() {
    tell(new CoordinationEvent.Stop());
    return drained.minimalCompletionStage();
  }

  @Override
  public Optional<List<LostGroup>> lostGroups() {
    return machine.lostGroups();
  }

  @Override
  public int controller() {
    return machine.view().controller();
  }

  @Override
  public void recover(List<GroupId> groups, Consumer<List<RecoveredGroup>> answer) {
    recovering.put(++lastRecovery, answer);
    step(new CoordinationEvent.Recover(lastRecovery, groups));
  }

  @Override
  public Optional<String> waive(int broker) {
    Optional<String> problem = machine.waiveProblem(broker);
    if (problem.isEmpty()) {
      step(new CoordinationEvent.Waive(broker));
    }
    return problem;
  }

  private Now now() {
    return new Now(clock.monotonicMs(), clock.wallMs());
  }

  private void step(CoordinationEvent event) {
    for (CoordinationEffect effect : machine.step(event, now())) {
      apply(effect);
    }
  }

  private void apply(CoordinationEffect effect) {
    switch (effect) {
      case CoordinationEffect.Send send -> links.tell(send.broker(), send.message());
      case CoordinationEffect.Connect connect -> links.reach(connect.broker(), connect.address());
      case CoordinationEffect.Disconnect disconnect -> links.forget(disconnect.broker());
      case CoordinationEffect.Reject reject -> {
        LOG.warn("{}", reject.reason());
        links.reject(reject.broker(), reject.nonce(), reject.reason());
      }
      case CoordinationEffect.LeaseCall call -> callLease(call);
      case CoordinationEffect.StateCall call -> callState(call);
      case CoordinationEffect.StepGroup step -> core.step(core.group(step.group()), step.event());
      case CoordinationEffect.BecameController became -> becomeController();
      case CoordinationEffect.CeasedController ceased -> {
        recovering.clear();
        ceaseController();
      }
      case CoordinationEffect.TellTopics tell -> {
        if (topics != null) {
          topics.tell(tell.event());
        }
      }
      case CoordinationEffect.ViewChanged changed -> onView.accept(changed.view());
      case CoordinationEffect.Drained done -> drained.complete(done.inTime());
      case CoordinationEffect.Recovered recovered -> {
        Consumer<List<RecoveredGroup>> answer = recovering.remove(recovered.request());
        if (answer != null) {
          answer.accept(recovered.groups());
        }
      }
      case CoordinationEffect.Exit exit -> onFatal.accept(new IllegalStateException(exit.reason()));
      case CoordinationEffect.Say say -> say(say);
    }
  }

  private static void say(CoordinationEffect.Say say) {
    switch (say.level()) {
      case INFO -> LOG.info("{}", say.message());
      case WARN -> LOG.warn("{}", say.message());
    }
  }

  private void becomeController() {
    ceaseController();
    TopicController begun = topicControllers.make(this::tell);
    topics = begun;
    begun.begin(cluster, topicControllers.known());
  }

  private void ceaseController() {
    if (topics != null) {
      topics.close();
      topics = null;
    }
  }

  private void callLease(CoordinationEffect.LeaseCall call) {
    var answer =
        switch (call) {
          case CoordinationEffect.ReadLease read -> store.get(Kind.LEASE, read.name());
          case CoordinationEffect.CreateLease create -> store.create(create.lease());
          case CoordinationEffect.UpdateLease update -> store.update(update.lease());
        };
    answer(answer, LEASE_CALL_MS, call.call(), CoordinationEvent.LeaseAnswered::new);
  }

  private void callState(CoordinationEffect.StateCall call) {
    var answer =
        switch (call) {
          case CoordinationEffect.ReadState read -> store.get(Kind.CLUSTER_STATE, read.name());
          case CoordinationEffect.CreateState create -> store.create(create.state());
          case CoordinationEffect.UpdateState update -> store.update(update.state());
        };
    answer(answer, STATE_CALL_MS, call.call(), CoordinationEvent.StateAnswered::new);
  }

  private <R extends Resource<R>> void answer(
      CompletionStage<StoreOutcome<R>> stage,
      int timeoutMs,
      long call,
      BiFunction<Long, StoreOutcome<R>, CoordinationEvent> event) {
    StoreOutcome<R> late =
        new StoreOutcome.Unreachable<>(
            "the store gave no answer within " + timeoutMs + " ms", Duration.ZERO);
    stage
        .toCompletableFuture()
        .copy()
        .completeOnTimeout(late, timeoutMs, TimeUnit.MILLISECONDS)
        .thenAccept(outcome -> tell(event.apply(call, outcome)));
  }

  /** Once; the loop may still run. */
  @Override
  public void close() {
    watches.forEach(StateStore.Watch::close);
    drained.complete(false);
  }
}
