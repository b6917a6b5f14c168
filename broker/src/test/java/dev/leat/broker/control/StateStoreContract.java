package dev.leat.broker.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.crds.Cluster;
import dev.leat.crds.ClusterSpec;
import dev.leat.crds.ClusterState;
import dev.leat.crds.Kind;
import dev.leat.crds.Lease;
import dev.leat.crds.Resource;
import dev.leat.crds.ResourceName;
import dev.leat.crds.Topic;
import dev.leat.crds.TopicPhase;
import dev.leat.crds.TopicSpec;
import dev.leat.crds.TopicStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What every adapter of {@link StateStore} keeps. */
public abstract class StateStoreContract {
  protected static final ResourceName CLICK = new ResourceName("shop", "click");
  private static final long TIMEOUT_SECONDS = 20;

  /** An open store with nothing in it. */
  protected abstract StateStore store();

  @Test
  void shouldGiveANewResourceUidVersionGenerationAndTime() {
    Topic topic = Topic.of(CLICK, TopicSpec.DEFAULT).withStatus(ready());

    Topic created = ok(store().create(topic));

    assertThat(created.metadata().uid()).isNotEmpty();
    assertThat(created.metadata().resourceVersion()).isNotEmpty();
    assertThat(created.metadata().generation()).isEqualTo(1);
    assertThat(created.metadata().creationTimestamp()).isPresent();
    assertThat(created.status()).isEqualTo(TopicStatus.NONE);
    assertThat(ok(store().get(Kind.TOPIC, CLICK))).isEqualTo(created);
  }

  @Test
  void shouldKeepEveryKind() {
    ResourceName main = new ResourceName("leat", "main");
    Cluster cluster = ok(store().create(Cluster.of(main, ClusterSpec.ofBrokers(3))));
    ClusterState state = ok(store().create(ClusterState.of(main, state(1))));
    Lease lease = ok(store().create(Lease.of(main, lease("broker-0"))));

    assertThat(ok(store().get(Kind.CLUSTER, main))).isEqualTo(cluster);
    assertThat(ok(store().get(Kind.CLUSTER_STATE, main))).isEqualTo(state);
    assertThat(ok(store().get(Kind.LEASE, main))).isEqualTo(lease);
    assertThat(state.status()).isEqualTo(state(1));
    assertThat(lease.spec()).isEqualTo(lease("broker-0"));
  }

  @Test
  void shouldRefuseASecondResourceOfTheSameName() {
    ok(store().create(topic(1)));

    StoreOutcome<Topic> outcome = result(store().create(topic(2)));

    assertThat(outcome).isInstanceOf(StoreOutcome.AlreadyExists.class);
    assertThat(ok(store().get(Kind.TOPIC, CLICK)).spec().partitions()).isEqualTo(1);
  }

  @Test
  void shouldUpdateSpecAndMetadataButNotTheStatus() {
    Topic created = ok(store().create(topic(1)));
    Topic changed =
        created
            .withSpec(created.spec().withPartitions(2))
            .withStatus(ready())
            .withMetadata(created.metadata().edit().annotation("team", "web").build());

    Topic updated = ok(store().update(changed));

    assertThat(updated.spec().partitions()).isEqualTo(2);
    assertThat(updated.metadata().annotations()).containsEntry("team", "web");
    assertThat(updated.metadata().generation()).isEqualTo(2);
    assertThat(updated.metadata().uid()).isEqualTo(created.metadata().uid());
    assertThat(updated.metadata().resourceVersion())
        .isNotEqualTo(created.metadata().resourceVersion());
    assertThat(updated.status()).isEqualTo(TopicStatus.NONE);
  }

  @Test
  void shouldUpdateTheStatusAndNothingElse() {
    Topic created = ok(store().create(topic(1)));

    Topic updated = ok(store().updateStatus(created.withSpec(spec(5)).withStatus(ready())));

    assertThat(updated.status()).isEqualTo(ready());
    assertThat(updated.spec()).isEqualTo(created.spec());
    assertThat(updated.metadata().generation()).isEqualTo(1);
  }

  @Test
  void shouldRefuseAWriteThatIsBasedOnAnOlderVersion() {
    Topic created = ok(store().create(topic(1)));
    ok(store().update(created.withSpec(spec(2))));

    assertThat(result(store().update(created.withSpec(spec(3)))))
        .isInstanceOf(StoreOutcome.Conflict.class);
    assertThat(result(store().updateStatus(created.withStatus(ready()))))
        .isInstanceOf(StoreOutcome.Conflict.class);
    assertThat(result(store().delete(created))).isInstanceOf(StoreOutcome.Conflict.class);
    assertThat(ok(store().get(Kind.TOPIC, CLICK)).spec().partitions()).isEqualTo(2);
  }

  @Test
  void shouldRefuseToActOnAnotherObjectOfTheSameName() {
    Topic first = ok(store().create(topic(1)));
    ok(store().delete(first));
    ok(store().create(topic(1)));

    Topic anyVersionOfFirst =
        first.withMetadata(first.metadata().edit().resourceVersion("").build());

    assertThat(result(store().delete(anyVersionOfFirst))).isInstanceOf(StoreOutcome.Conflict.class);
    assertThat(result(store().update(first))).isInstanceOf(StoreOutcome.Conflict.class);
  }

  @Test
  void shouldSayWhatDoesNotExist() {
    assertThat(result(store().get(Kind.TOPIC, CLICK))).isInstanceOf(StoreOutcome.NotFound.class);
    assertThat(result(store().update(topic(1)))).isInstanceOf(StoreOutcome.NotFound.class);
    assertThat(result(store().updateStatus(topic(1)))).isInstanceOf(StoreOutcome.NotFound.class);
    assertThat(result(store().delete(topic(1)))).isInstanceOf(StoreOutcome.NotFound.class);
  }

  @Test
  void shouldRefuseWhatTheSchemaForbids() {
    Topic created = ok(store().create(topic(3)));

    StoreOutcome<Topic> fewer = result(store().update(created.withSpec(spec(1))));

    assertThat(fewer).isInstanceOf(StoreOutcome.Refused.class);
    assertThat(((StoreOutcome.Refused<Topic>) fewer).reason())
        .contains("spec.partitions cannot go down");
  }

  @Test
  void shouldDeleteAtOnceWhatHasNoFinalizer() {
    Topic created = ok(store().create(topic(1)));

    ok(store().delete(created));

    assertThat(result(store().get(Kind.TOPIC, CLICK))).isInstanceOf(StoreOutcome.NotFound.class);
  }

  @Test
  void shouldKeepWhatIsDeletedUntilItsLastFinalizerIsRemoved() {
    Topic plain = topic(1);
    Topic created =
        ok(store().create(plain.withMetadata(plain.metadata().edit().addFinalizer("f").build())));

    Topic marked = ok(store().delete(created));
    Topic markedAgain = ok(store().delete(marked));
    StoreOutcome<Topic> more =
        result(
            store()
                .update(marked.withMetadata(marked.metadata().edit().addFinalizer("g").build())));
    boolean stillThere = result(store().get(Kind.TOPIC, CLICK)) instanceof StoreOutcome.Ok;
    Topic freed = marked.withMetadata(marked.metadata().edit().removeFinalizer("f").build());
    ok(store().update(freed));

    assertThat(marked.metadata().deletionTimestamp()).isPresent();
    assertThat(markedAgain).isEqualTo(marked);
    assertThat(more).isInstanceOf(StoreOutcome.Refused.class);
    assertThat(stillThere).isTrue();
    assertThat(result(store().get(Kind.TOPIC, CLICK))).isInstanceOf(StoreOutcome.NotFound.class);
  }

  @Test
  void shouldListAKindInOrderOfNames() {
    for (String name : List.of("c", "a", "b")) {
      ok(store().create(Topic.of(new ResourceName("shop", name), TopicSpec.DEFAULT)));
    }
    ok(store().create(Topic.of(new ResourceName("art", "z"), TopicSpec.DEFAULT)));

    List<Topic> topics = ok(store().list(Kind.TOPIC));

    assertThat(topics)
        .extracting(topic -> topic.resourceName().toString())
        .containsExactly("art/z", "shop/a", "shop/b", "shop/c");
  }

  @Test
  void shouldTellAWatchWhatThereIsAndThenWhatChanges() throws InterruptedException {
    Topic before = ok(store().create(topic(1)));
    BlockingQueue<WatchEvent<Topic>> events = new LinkedBlockingQueue<>();

    StateStore.Watch watch = store().watch(Kind.TOPIC, events::add);
    WatchEvent<Topic> first = next(events);
    Topic after = ok(store().update(before.withSpec(spec(2))));
    WatchEvent<Topic> second = next(events);
    ok(store().delete(after));
    WatchEvent<Topic> third = next(events);
    watch.close();
    ok(store().create(topic(1)));

    assertThat(first).isEqualTo(new WatchEvent.Snapshot<>(Kind.TOPIC, List.of(before)));
    assertThat(second).isEqualTo(new WatchEvent.Changed<>(after));
    assertThat(third).isInstanceOf(WatchEvent.Deleted.class);
    assertThat(events).isEmpty();
  }

  @Test
  void shouldTellAWatchOfOneKindNothingOfOthers() throws InterruptedException {
    BlockingQueue<WatchEvent<Lease>> events = new LinkedBlockingQueue<>();
    store().watch(Kind.LEASE, events::add);
    next(events);

    ok(store().create(topic(1)));
    Lease lease = ok(store().create(Lease.of(CLICK, lease("me"))));

    assertThat(next(events)).isEqualTo(new WatchEvent.Changed<>(lease));
  }

  protected static <T> StoreOutcome<T> result(CompletionStage<StoreOutcome<T>> stage) {
    return stage.toCompletableFuture().orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS).join();
  }

  protected static <T> T ok(CompletionStage<StoreOutcome<T>> stage) {
    StoreOutcome<T> outcome = result(stage);
    assertThat(outcome).isInstanceOf(StoreOutcome.Ok.class);
    return ((StoreOutcome.Ok<T>) outcome).value();
  }

  protected static Topic topic(int partitions) {
    return Topic.of(CLICK, spec(partitions));
  }

  private static TopicSpec spec(int partitions) {
    return TopicSpec.DEFAULT.withPartitions(partitions);
  }

  private static TopicStatus ready() {
    return new TopicStatus(
        1,
        TopicPhase.READY,
        Optional.of("00112233445566778899aabbccddeeff"),
        Optional.empty(),
        List.of());
  }

  private static ClusterState.Status state(int epoch) {
    return new ClusterState.Status(
        "f00d",
        1,
        List.of(
            new ClusterState.Broker(
                0, 7, "localhost:9190", Optional.empty(), ClusterState.BrokerState.UP)),
        List.of(
            new ClusterState.Group(
                4096, ClusterState.GroupPhase.CREATED, "beef", epoch, 0, List.of(0))));
  }

  private static Lease.Spec lease(String holder) {
    Instant time = Instant.parse("2026-11-24T10:00:00.123456Z");
    return new Lease.Spec(Optional.of(holder), 40, Optional.of(time), Optional.of(time), 3);
  }

  private static <R extends Resource<R>> WatchEvent<R> next(BlockingQueue<WatchEvent<R>> events)
      throws InterruptedException {
    WatchEvent<R> event = events.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    assertThat(event).isNotNull();
    return event;
  }
}
