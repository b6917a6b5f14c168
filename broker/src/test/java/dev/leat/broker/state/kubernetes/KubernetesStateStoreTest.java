package dev.leat.broker.state.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.broker.control.StateStore;
import dev.leat.broker.control.StateStoreContract;
import dev.leat.broker.control.StoreOutcome;
import dev.leat.broker.control.WatchEvent;
import dev.leat.crds.Kind;
import dev.leat.crds.Resource;
import dev.leat.crds.ResourceName;
import dev.leat.crds.Topic;
import dev.leat.crds.TopicSpec;
import dev.leat.crds.value.ClusterRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Against a real API server with Leat's definitions and the namespaces shop, leat and art: {@code
 * ./leat test e2e} makes one, or {@code KUBECONFIG} names it. Deletes all Topics and Clusters
 * there.
 */
@Tag("e2e")
class KubernetesStateStoreTest extends StateStoreContract {
  private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
  private KubernetesStateStore store;

  @BeforeEach
  void open() throws IOException {
    store = openStore(topic -> true);
    Kind.ALL.forEach(this::deleteAll);
  }

  private KubernetesStateStore openStore(java.util.function.Predicate<Topic> topics)
      throws IOException {
    Map<String, String> labels = Map.of("leat.dev/cluster", "contract");
    return KubernetesStateStore.open(
        Files.readString(Path.of(System.getenv("KUBECONFIG"))),
        new KubernetesScope(Optional.empty(), labels, topics),
        new KubernetesStateStore.Context(
            scheduler, () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()), new Random(1)));
  }

  private <R extends Resource<R>> void deleteAll(Kind<R> kind) {
    for (R resource : ok(store.list(kind))) {
      R freed = resource.withMetadata(resource.metadata().edit().finalizers(List.of()).build());
      R latest = freed.metadata().equals(resource.metadata()) ? freed : ok(store.update(freed));
      result(store.delete(latest));
    }
  }

  @AfterEach
  void close() {
    store.close();
    scheduler.shutdownNow();
  }

  @Override
  protected StateStore store() {
    return store;
  }

  @Test
  void shouldSeeOnlyTopicsOfItsScope() throws Exception {
    ClusterRef main = ClusterRef.parse("leat/main");
    TopicSpec ours = TopicSpec.DEFAULT.withCluster(Optional.of(main));
    ResourceName other = new ResourceName("art", "other");
    BlockingQueue<WatchEvent<Topic>> events = new LinkedBlockingQueue<>();
    try (KubernetesStateStore scoped =
        openStore(topic -> topic.spec().cluster().equals(Optional.of(main)))) {

      scoped.watch(Kind.TOPIC, events::add);
      WatchEvent<Topic> first = events.poll(20, TimeUnit.SECONDS);
      ok(store.create(Topic.of(other, TopicSpec.DEFAULT)));
      Topic click = ok(store.create(Topic.of(CLICK, ours)));

      assertThat(first).isEqualTo(new WatchEvent.Snapshot<>(Kind.TOPIC, List.of()));
      assertThat(events.poll(20, TimeUnit.SECONDS)).isEqualTo(new WatchEvent.Changed<>(click));
      assertThat(ok(scoped.list(Kind.TOPIC))).containsExactly(click);
    }
  }

  @Test
  void shouldSayThatTheNamespaceDoesNotExist() {
    Topic topic = Topic.of(new ResourceName("nowhere", "t"), TopicSpec.DEFAULT);

    StoreOutcome<Topic> outcome = result(store.create(topic));

    assertThat(outcome).isInstanceOf(StoreOutcome.Refused.class);
    assertThat(((StoreOutcome.Refused<Topic>) outcome).reason()).contains("\"nowhere\" not found");
  }
}
