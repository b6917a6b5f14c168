package dev.leat.image;

import dev.leat.broker.control.StoreOutcome;
import dev.leat.broker.control.WatchEvent;
import dev.leat.broker.control.WatchListener;
import dev.leat.broker.state.kubernetes.KubernetesScope;
import dev.leat.broker.state.kubernetes.KubernetesStateStore;
import dev.leat.cli.Main;
import dev.leat.crds.ClusterState;
import dev.leat.crds.Kind;
import dev.leat.crds.Lease;
import dev.leat.crds.Resource;
import dev.leat.crds.ResourceName;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Goes once through what brokers in pods do at their start, so that the JVM can record in an AOT
 * cache what that needs: first what they say to the Kubernetes API, then {@code leat train}, which
 * ends the process.
 *
 * <p>Arguments: a PKCS #12 file with the key of 127.0.0.1, and a command of {@code leat}. Where a
 * pod has its service account there must be one that trusts this key.
 */
public final class Training {
  private static final ResourceName CLUSTER = new ResourceName("leat", "train");
  private static final int LIMIT_S = 20;

  private Training() {}

  /** Runs and ends the process. */
  public static void main(String[] arguments) throws IOException, GeneralSecurityException {
    try (StubApi api = StubApi.start(Path.of(arguments[0]))) {
      System.setProperty("KUBERNETES_SERVICE_HOST", StubApi.HOST);
      System.setProperty("KUBERNETES_SERVICE_PORT", Integer.toString(api.port()));
      useStore();
    } catch (RuntimeException e) {
      System.err.println("training: starts of pods will be slower: " + e);
    }
    Main.main(Arrays.copyOfRange(arguments, 1, arguments.length));
  }

  private static void useStore() {
    ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    KubernetesStateStore store =
        KubernetesStateStore.open(
            new KubernetesScope(
                Optional.of(CLUSTER.namespace()),
                Map.of("leat.dev/cluster", CLUSTER.name()),
                topic -> true),
            new KubernetesStateStore.Context(
                scheduler,
                () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()),
                new SecureRandom()));
    try {
      Kind.ALL.forEach(kind -> watch(store, kind));
      store.uidOfClaim(new ResourceName(CLUSTER.namespace(), "data-train-0")).join();
      store.get(Kind.CLUSTER_STATE, CLUSTER).toCompletableFuture().join();
      Lease.Spec spec =
          new Lease.Spec(
              Optional.of("broker-0/0"),
              1,
              Optional.of(Instant.EPOCH),
              Optional.of(Instant.EPOCH),
              1);
      Lease lease = done(store.create(Lease.of(CLUSTER, spec)));
      done(store.update(lease.withSpec(spec)));
      ClusterState.Status status =
          new ClusterState.Status(UUID.randomUUID().toString(), 1, List.of(), List.of());
      ClusterState state = done(store.create(ClusterState.of(CLUSTER, status)));
      done(store.update(state.withStatus(status)));
    } finally {
      store.close();
      scheduler.shutdownNow();
    }
  }

  private static <R extends Resource<R>> void watch(KubernetesStateStore store, Kind<R> kind) {
    CompletableFuture<Boolean> seen = new CompletableFuture<>();
    WatchListener<R> listener =
        event -> {
          if (event instanceof WatchEvent.Snapshot<R>) {
            seen.complete(true);
          }
        };
    store.watch(kind, listener);
    seen.orTimeout(LIMIT_S, TimeUnit.SECONDS).join();
  }

  private static <R> R done(CompletionStage<StoreOutcome<R>> call) {
    StoreOutcome<R> outcome = call.toCompletableFuture().join();
    if (outcome instanceof StoreOutcome.Ok<R>(R value)) {
      return value;
    }
    throw new IllegalStateException(outcome.toString());
  }
}
