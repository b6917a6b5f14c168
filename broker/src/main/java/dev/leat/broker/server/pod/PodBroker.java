package dev.leat.broker.server.pod;

import dev.leat.broker.control.StoreOutcome;
import dev.leat.broker.journal.LmdbJournal;
import dev.leat.broker.journal.StoreIdentity;
import dev.leat.broker.server.Broker;
import dev.leat.broker.server.BrokerStartException;
import dev.leat.broker.state.kubernetes.KubernetesScope;
import dev.leat.broker.state.kubernetes.KubernetesStateStore;
import dev.leat.crds.ClusterState;
import dev.leat.crds.Kind;
import dev.leat.crds.Topic;
import dev.leat.crds.value.ClusterRef;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A broker of a Cluster on Kubernetes, with its store. */
final class PodBroker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PodBroker.class);

  private static final String CLUSTER_LABEL = "leat.dev/cluster";
  private static final int STATE_TIMEOUT_S = 5;
  private static final int CLAIM_TIMEOUT_S = 3;

  private final ScheduledExecutorService retries =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("store-retries").daemon().factory());
  private final KubernetesStateStore store;
  private final Broker broker;

  PodBroker(PodSettings settings) throws BrokerStartException {
    store =
        KubernetesStateStore.open(
            new KubernetesScope(
                Optional.of(settings.cluster().namespace()),
                Map.of(CLUSTER_LABEL, settings.cluster().name()),
                topic -> holds(settings, topic)),
            new KubernetesStateStore.Context(
                retries,
                () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()),
                new SecureRandom()));
    if (!settings.external().isEmpty()) {
      store.watch(Kind.CLUSTER, new OutsideAddresses(settings.cluster(), settings.external()));
    }
    try {
      broker =
          Broker.launch(
              settings.brokerConfig().withVolume(volume(settings)), clusterId(settings), store);
    } catch (BrokerStartException | RuntimeException e) {
      closeStore();
      throw e;
    }
  }

  /** A Topic that names no Cluster is in the one of its own namespace. */
  static boolean holds(PodSettings settings, Topic topic) {
    String namespace = topic.metadata().namespace();
    String home = settings.cluster().namespace();
    Optional<ClusterRef> wanted = topic.spec().cluster();
    boolean named =
        wanted.isEmpty()
            ? namespace.equals(home)
            : wanted.get().name().equals(settings.cluster().name())
                && wanted.get().namespace().orElse(namespace).equals(home);
    return named && settings.allowsTopicsOf(namespace);
  }

  /**
   * The disk knows best, then ClusterState. A cluster that is quite new gets an id that follows
   * from its name: brokers that start at once agree on it without asking each other.
   */
  private UUID clusterId(PodSettings settings) {
    Optional<UUID> onDisk =
        LmdbJournal.identityOf(settings.directory()).map(StoreIdentity::clusterId);
    return onDisk.or(() -> fromState(settings)).orElseGet(() -> newClusterId(settings));
  }

  private Optional<UUID> fromState(PodSettings settings) {
    StoreOutcome<ClusterState> found =
        store
            .get(Kind.CLUSTER_STATE, settings.cluster())
            .toCompletableFuture()
            .completeOnTimeout(new StoreOutcome.NotFound<>(), STATE_TIMEOUT_S, TimeUnit.SECONDS)
            .join();
    return found instanceof StoreOutcome.Ok<ClusterState>(ClusterState state)
        ? Optional.of(UUID.fromString(state.status().clusterId()))
        : Optional.empty();
  }

  /**
   * A volume restored from a snapshot, or a clone, has the directory's inode and birth: only its
   * claim is another one. Empty if the API does not answer: the broker starts without it.
   */
  private String volume(PodSettings settings) {
    String uid =
        store
            .uidOfClaim(settings.claim())
            // The first connection of a process is its slowest.
            .thenCompose(
                found ->
                    found.isPresent()
                        ? CompletableFuture.completedFuture(found)
                        : store.uidOfClaim(settings.claim()))
            .completeOnTimeout(Optional.empty(), CLAIM_TIMEOUT_S, TimeUnit.SECONDS)
            .join()
            .orElse("");
    LOG.info("the volume is that of claim {}, uid {}", settings.claim(), uid);
    return uid.isEmpty() ? "" : "claim " + uid;
  }

  private static UUID newClusterId(PodSettings settings) {
    byte[] name = settings.cluster().toString().getBytes(StandardCharsets.UTF_8);
    return UUID.nameUUIDFromBytes(name);
  }

  /** Returns when the broker has failed: why. */
  Exception awaitFailure() throws InterruptedException {
    return broker.failure().toCompletableFuture().join();
  }

  /** Hands over what it leads, then stops. */
  void stop() {
    if (!broker.drain()) {
      LOG.warn("not everything could be handed over in time: other brokers will notice");
    }
    close();
  }

  @Override
  public void close() {
    broker.close();
    closeStore();
  }

  private void closeStore() {
    store.close();
    retries.shutdownNow();
  }
}
