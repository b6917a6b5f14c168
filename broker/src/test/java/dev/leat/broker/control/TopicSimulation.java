package dev.leat.broker.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.PartitionInfo;
import dev.leat.broker.log.TopicId;
import dev.leat.broker.log.TopicPartition;
import dev.leat.broker.replication.GroupEvent.NewPartition;
import dev.leat.crds.Cluster;
import dev.leat.crds.ClusterSpec;
import dev.leat.crds.Kind;
import dev.leat.crds.ObjectMeta;
import dev.leat.crds.ResourceName;
import dev.leat.crds.Topic;
import dev.leat.crds.TopicSpec;
import dev.leat.crds.TopicStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * A world around a {@link TopicMachine}: a store with the rules of the Kubernetes API, a watch that
 * can lag, repeat and go back, groups that keep what they were told, and a controller that can end
 * at any moment. One action at a time; with faults the order is random, without them it is fixed.
 */
final class TopicSimulation {
  static final ResourceName CLUSTER = new ResourceName("leat", "main");
  static final int GROUPS = 4;

  private static final int MAX_ACTIONS = 200_000;
  private static final int MAX_REWIND = 6;
  private static final boolean TRACE = System.getProperty("sim.seed") != null;

  private final Random random;
  private final boolean faulty;
  private final ClusterSpec cluster;
  private final ResourceTable store;
  private final Map<GroupId, Map<TopicPartition, String>> groups = new TreeMap<>();
  // Everything that happened to topics, and the state after each of it.
  private final List<WatchEvent<Topic>> history = new ArrayList<>();
  private final List<List<Topic>> states = new ArrayList<>();
  private final Map<String, String> idOfUid = new HashMap<>();
  private final Set<TopicId> deletedEver = new HashSet<>();

  /** An effect, and the controller that wants it. */
  private record Wanted(TopicMachine by, TopicEffect effect) {}

  private TopicMachine machine = new TopicMachine(CLUSTER);
  private final Deque<TopicEvent> events = new ArrayDeque<>();
  private final Deque<Wanted> effects = new ArrayDeque<>();
  private int watched;
  private boolean snapshotDue;
  private long versions;
  private long uids;
  private long ids;
  private long actions;
  private boolean calm;
  private boolean orphansAllowed;

  /** A world of so many brokers; with faults, everything is shuffled by {@code seed}. */
  TopicSimulation(int brokers, long seed, boolean faulty) {
    this.random = new Random(seed);
    this.faulty = faulty;
    this.cluster = new ClusterSpec(brokers, GROUPS, ClusterSpec.Storage.DEFAULT);
    this.store = new ResourceTable(List.of(), () -> "" + ++versions, () -> "uid-" + ++uids, 250);
    states.add(List.of());
    startController();
  }

  // ---- What people do.

  void create(String name, UnaryOperator<TopicSpec> spec) {
    Topic topic = Topic.named("shop", name, spec.apply(TopicSpec.DEFAULT));
    write(Verb.CREATE, topic);
  }

  void createIn(String namespace, String objectName, String topicName) {
    ResourceName name = new ResourceName(namespace, objectName);
    write(Verb.CREATE, Topic.of(name, TopicSpec.DEFAULT.withTopicName(Optional.of(topicName))));
  }

  void change(String objectName, UnaryOperator<TopicSpec> spec) {
    find(objectName)
        .ifPresent(topic -> write(Verb.UPDATE, topic.withSpec(spec.apply(topic.spec()))));
  }

  void delete(String objectName) {
    find(objectName).ifPresent(topic -> write(Verb.DELETE, topic));
  }

  /** Takes all manifests away and puts them back, without status and marks, as after a restore. */
  void restoreManifests() {
    List<Topic> topics = store.list(Kind.TOPIC);
    for (Topic topic : topics) {
      ObjectMeta free = topic.metadata().edit().finalizers(List.of()).build();
      write(Verb.UPDATE, topic.withMetadata(free));
      find(topic.metadata().name()).ifPresent(freed -> write(Verb.DELETE, freed));
    }
    for (Topic topic : topics) {
      write(Verb.CREATE, Topic.of(topic.resourceName(), topic.spec()));
    }
  }

  Optional<Topic> find(String objectName) {
    return store.get(Kind.TOPIC, new ResourceName("shop", objectName));
  }

  List<Topic> topics() {
    return store.list(Kind.TOPIC);
  }

  /** A group loses everything, as with a lost disk. */
  void lose(GroupId group) {
    groups.computeIfPresent(group, (id, partitions) -> new TreeMap<>());
    events.add(report(group));
  }

  Set<TopicPartition> partitionsIn(GroupId group) {
    return groups.getOrDefault(group, Map.of()).keySet();
  }

  // ---- Running it.

  long actions() {
    return actions;
  }

  /** Ends the controller; what it had not done is not done. Another one starts. */
  void crash() {
    effects.clear();
    replaceController();
  }

  /**
   * Lets an effect of a controller that has ended make partitions of a topic that is gone. They
   * harm nobody: no resource, and so no client, knows of them.
   */
  void allowOrphans() {
    orphansAllowed = true;
  }

  /** Another controller starts; what the old one wanted may still be done, at any time. */
  void replaceController() {
    events.clear();
    startController();
  }

  private void startController() {
    machine = new TopicMachine(CLUSTER);
    events.add(new TopicEvent.ClusterChanged(Cluster.of(CLUSTER, cluster)));
    events.add(new TopicEvent.GroupsListed(groups.keySet()));
    groups.keySet().forEach(group -> events.add(report(group)));
    startWatch();
  }

  private void startWatch() {
    int lag = faulty && !calm ? random.nextInt(MAX_REWIND) : 0;
    watched = Math.max(0, history.size() - lag);
    snapshotDue = true;
  }

  private WatchEvent<Topic> nextWatched() {
    if (snapshotDue) {
      snapshotDue = false;
      return new WatchEvent.Snapshot<>(Kind.TOPIC, states.get(watched));
    }
    return history.get(watched++);
  }

  /** Does one action. Returns false if there is nothing to do. */
  boolean act() {
    boolean lagging = snapshotDue || watched < history.size();
    if (events.isEmpty() && effects.isEmpty() && !lagging) {
      return false;
    }
    actions++;
    assertThat(actions).as("actions, for it must come to an end").isLessThan(MAX_ACTIONS);
    if (!faulty) {
      actInOrder(lagging);
    } else {
      actAtRandom(lagging);
    }
    return true;
  }

  private void actInOrder(boolean lagging) {
    if (!events.isEmpty()) {
      deliver(events.removeFirst());
    } else if (!effects.isEmpty()) {
      perform(effects.removeFirst());
    } else if (lagging) {
      deliver(new TopicEvent.Watched(nextWatched()));
    }
  }

  private void actAtRandom(boolean lagging) {
    int choice = random.nextInt(3);
    if (!calm && random.nextInt(40) == 0) {
      deliver(new TopicEvent.Watched(new WatchEvent.Interrupted<>(Kind.TOPIC, "test")));
      startWatch();
    } else if (choice == 0 && lagging) {
      deliver(new TopicEvent.Watched(nextWatched()));
    } else if (choice == 1 && !effects.isEmpty()) {
      perform(takeAny(effects));
    } else if (!events.isEmpty()) {
      deliver(events.removeFirst());
    } else if (!effects.isEmpty()) {
      perform(takeAny(effects));
    } else if (lagging) {
      deliver(new TopicEvent.Watched(nextWatched()));
    }
  }

  private <T> T takeAny(Deque<T> queue) {
    for (int turns = random.nextInt(queue.size()); turns > 0; turns--) {
      queue.addLast(queue.removeFirst());
    }
    return queue.removeFirst();
  }

  /** Runs without further faults until nothing is left to do. */
  void settle() {
    calm = true;
    while (act()) {
      // The next action.
    }
  }

  private void deliver(TopicEvent event) {
    Instant now = Instant.EPOCH.plus(Duration.ofSeconds(actions));
    List<TopicEffect> wanted = machine.step(event, now);
    trace("-> ", event);
    wanted.forEach(effect -> trace("   ", effect));
    wanted.forEach(effect -> effects.add(new Wanted(machine, effect)));
  }

  // Run one seed alone to see it: -Dsim.seed=N.
  private static void trace(String arrow, Object what) {
    if (TRACE) {
      System.out.println(arrow + what);
    }
  }

  private boolean fault() {
    return faulty && !calm && random.nextInt(8) == 0;
  }

  // ---- The store.

  private void perform(Wanted wanted) {
    trace("do ", wanted.effect());
    List<TopicEvent> answers = new ArrayList<>();
    perform(wanted.effect(), answers);
    if (wanted.by() == machine) {
      events.addAll(answers);
    }
  }

  private void perform(TopicEffect effect, List<TopicEvent> answers) {
    switch (effect) {
      case TopicEffect.ReadTopic(ResourceName name, long call) -> {
        StoreOutcome<Topic> found =
            store
                .get(Kind.TOPIC, name)
                .<StoreOutcome<Topic>>map(StoreOutcome.Ok::new)
                .orElseGet(StoreOutcome.NotFound::new);
        answer(answers, name, call, fault() ? unreachable() : found);
      }
      case TopicEffect.UpdateTopic(Topic topic, long call) ->
          call(Verb.UPDATE, topic, call, answers);
      case TopicEffect.UpdateTopicStatus(Topic topic, long call) ->
          call(Verb.UPDATE_STATUS, topic, call, answers);
      case TopicEffect.DrawTopicId(ResourceName name) ->
          answers.add(new TopicEvent.TopicIdDrawn(name, new TopicId(mix(++ids), ids)));
      case TopicEffect.CreateGroup(GroupId group) -> {
        if (fault()) {
          answers.add(new TopicEvent.GroupFailed(group, "test"));
        } else {
          groups.putIfAbsent(group, new TreeMap<>());
          answers.add(report(group));
        }
      }
      case TopicEffect.ChangePartitions change -> changePartitions(change, answers);
      case TopicEffect.Retry(Duration after, TopicEvent event) -> answers.add(event);
      case TopicEffect.Warn warn -> {}
    }
  }

  private static long mix(long number) {
    return number * 0x9e37_79b9_7f4a_7c15L;
  }

  private void call(Verb verb, Topic topic, long call, List<TopicEvent> answers) {
    if (fault()) {
      answer(answers, topic.resourceName(), call, unreachable());
      return;
    }
    StoreOutcome<Topic> outcome = write(verb, topic);
    answer(answers, topic.resourceName(), call, fault() ? unreachable() : outcome);
  }

  private static StoreOutcome<Topic> unreachable() {
    return new StoreOutcome.Unreachable<>("test", Duration.ZERO);
  }

  private static void answer(
      List<TopicEvent> answers, ResourceName name, long call, StoreOutcome<Topic> outcome) {
    answers.add(new TopicEvent.Answered(name, call, outcome));
  }

  private StoreOutcome<Topic> write(Verb verb, Topic topic) {
    Instant now = Instant.EPOCH.plus(Duration.ofSeconds(actions));
    StoreOutcome<Topic> outcome = store.write(verb, topic, now);
    for (WatchEvent<?> event : store.publish()) {
      switch (event) {
        case WatchEvent.Changed<?> changed -> {
          Topic version = (Topic) changed.resource();
          checkIdIsFixed(version);
          history.add(new WatchEvent.Changed<>(version));
        }
        case WatchEvent.Deleted<?> deleted -> {
          Topic last = (Topic) deleted.resource();
          history.add(new WatchEvent.Deleted<>(last));
        }
        case WatchEvent<?> other -> throw new AssertionError(other);
      }
      states.add(store.list(Kind.TOPIC));
    }
    return outcome;
  }

  private void checkIdIsFixed(Topic topic) {
    String uid = topic.metadata().uid();
    Optional<String> id = topic.status().topicId();
    assertThat(idOfUid.getOrDefault(uid, id.orElse(""))).isEqualTo(id.orElse(""));
    id.ifPresent(given -> idOfUid.put(uid, given));
  }

  // ---- The groups.

  private TopicEvent.GroupReported report(GroupId group) {
    List<PartitionInfo> partitions = new ArrayList<>();
    groups
        .getOrDefault(group, Map.of())
        .forEach((id, name) -> partitions.add(new PartitionInfo(partitions.size() + 1, id, name)));
    return new TopicEvent.GroupReported(group, partitions);
  }

  private void changePartitions(TopicEffect.ChangePartitions change, List<TopicEvent> answers) {
    if (fault()) {
      answers.add(new TopicEvent.GroupFailed(change.group(), "test"));
      return;
    }
    Map<TopicPartition, String> held = groups.get(change.group());
    assertThat(held).as("group " + change.group() + " exists").isNotNull();
    List<PartitionInfo> created = new ArrayList<>();
    List<PartitionInfo> deleted = new ArrayList<>();
    for (NewPartition partition : change.created()) {
      checkMayBeCreated(change.group(), partition);
      if (!deletedEver.contains(partition.id().topic())) {
        held.put(partition.id(), partition.topicName());
        created.add(new PartitionInfo(1, partition.id(), partition.topicName()));
      }
    }
    for (TopicPartition partition : change.deleted()) {
      checkMayBeDeleted(partition);
      deletedEver.add(partition.topic());
      String name = held.remove(partition);
      if (name != null) {
        deleted.add(new PartitionInfo(1, partition, name));
      }
    }
    // Whoever is the controller now hears of it.
    events.add(new TopicEvent.PartitionsChanged(change.group(), created, deleted));
    answers.add(
        fault()
            ? new TopicEvent.GroupFailed(change.group(), "test")
            : new TopicEvent.GroupDone(change.group()));
  }

  private void checkMayBeCreated(GroupId group, NewPartition created) {
    assertThat(created.id().topic().groupOf(created.id().partition(), group.replicas(), GROUPS))
        .isEqualTo(group);
    Optional<Topic> owner = withId(created.id().topic());
    if (owner.isEmpty() && orphansAllowed) {
      return;
    }
    assertThat(owner)
        .as("a topic with the id of " + created)
        .hasValueSatisfying(
            topic -> {
              assertThat(topic.topicName()).isEqualTo(created.topicName());
              assertThat(topic.status().applied().orElseThrow().partitions())
                  .isGreaterThan(created.id().partition());
            });
  }

  // Records go for one reason only.
  private void checkMayBeDeleted(TopicPartition deleted) {
    Optional<Topic> owner = withId(deleted.topic());
    if (owner.isEmpty() && orphansAllowed) {
      return;
    }
    assertThat(owner)
        .as("a topic that is being deleted, with the id of " + deleted)
        .hasValueSatisfying(topic -> assertThat(topic.metadata().isBeingDeleted()).isTrue());
  }

  private Optional<Topic> withId(TopicId id) {
    return topics().stream()
        .filter(topic -> topic.status().topicId().equals(Optional.of(id.toString())))
        .findFirst();
  }

  // ---- What must hold once all is quiet.

  /** Every topic that was accepted is as its spec says, and nothing else is on disk. */
  void checkSettled(Set<String> refused) {
    Map<TopicPartition, GroupId> expected = new TreeMap<>();
    Set<TopicId> live = new HashSet<>();
    for (Topic topic : topics()) {
      assertThat(topic.metadata().isBeingDeleted()).as("deletion of " + topic).isFalse();
      assertThat(topic.status().observedGeneration()).isEqualTo(topic.metadata().generation());
      if (refused.contains(topic.resourceName().toString())) {
        assertThat(topic.status().phase().text()).as(topic.toString()).isEqualTo("Refused");
      } else {
        checkReady(topic);
        TopicId id = TopicId.parse(topic.status().topicId().orElseThrow());
        assertThat(live.add(id)).as("id of its own for " + topic).isTrue();
        for (int p = 0; p < topic.spec().partitions(); p++) {
          int replicas = topic.spec().replicas().orElseThrow();
          expected.put(new TopicPartition(id, p), id.groupOf(p, replicas, GROUPS));
        }
      }
    }
    Map<TopicPartition, GroupId> found = new TreeMap<>();
    groups.forEach((group, held) -> held.keySet().forEach(id -> found.put(id, group)));
    found
        .keySet()
        .removeIf(id -> !live.contains(id.topic()) && (orphansAllowed || wasRetained(id.topic())));
    assertThat(found).isEqualTo(expected);
  }

  private boolean wasRetained(TopicId id) {
    return history.stream()
        .filter(event -> event instanceof WatchEvent.Deleted)
        .map(event -> ((WatchEvent.Deleted<Topic>) event).resource())
        .anyMatch(
            topic ->
                topic.status().topicId().equals(Optional.of(id.toString()))
                    && topic.spec().deletionPolicy().text().equals("retain"));
  }

  private static void checkReady(Topic topic) {
    TopicStatus status = topic.status();
    assertThat(status.phase().text()).as(topic.toString()).isEqualTo("Ready");
    assertThat(topic.metadata().finalizers()).contains(Topic.FINALIZER);
    TopicSpec spec = topic.spec();
    assertThat(status.applied())
        .contains(
            new TopicStatus.Applied(
                spec.partitions(),
                spec.replicas().orElseThrow(),
                spec.retention(),
                spec.cleanup(),
                spec.config()));
    assertThat(status.condition("Accepted").orElseThrow().isTrue()).isTrue();
    assertThat(status.condition("Ready").orElseThrow().isTrue()).isTrue();
    assertThat(status.conditions())
        .allMatch(each -> each.observedGeneration() == topic.metadata().generation());
  }
}
