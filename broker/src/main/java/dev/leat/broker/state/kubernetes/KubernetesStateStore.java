package dev.leat.broker.state.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.leat.broker.control.StateStore;
import dev.leat.broker.control.StoreOutcome;
import dev.leat.broker.control.WatchListener;
import dev.leat.crds.Kind;
import dev.leat.crds.Resource;
import dev.leat.crds.ResourceName;
import io.fabric8.kubernetes.client.Config;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps resources in the Kubernetes API.
 *
 * <p>Every write is one request, sent once, on the condition that the resource still has the
 * resourceVersion and uid it was read with. What brokers need to stay alive and to fail over
 * (Leases, ClusterState) has connections of its own and a bound of one second; everything else
 * waits longer.
 *
 * <p>Threads: the HTTP client's; the scheduler's for what is tried again.
 */
public final class KubernetesStateStore implements StateStore {
  private static final Logger LOG = LoggerFactory.getLogger(KubernetesStateStore.class);

  private static final int URGENT_TIMEOUT_MS = 1_000;
  private static final int TIMEOUT_MS = 10_000;
  private static final String JSON = "application/json";
  private static final String JSON_PATCH = "application/json-patch+json";

  private final ApiConnection urgent;
  private final ApiConnection usual;
  private final KubernetesScope scope;
  private final Context context;
  private final Collection<KubernetesWatch<?>> watches = new CopyOnWriteArrayList<>();

  /**
   * What a store needs of its surroundings.
   *
   * @param scheduler runs what is tried again; on any number of threads
   * @param nowMs a clock that never goes back, in milliseconds
   * @param random spreads what is tried again over time
   */
  public record Context(
      ScheduledExecutorService scheduler, LongSupplier nowMs, RandomGenerator random) {}

  /** What a list gave. */
  record Listed<R extends Resource<R>>(List<R> resources, String resourceVersion) {}

  private KubernetesStateStore(Config config, KubernetesScope scope, Context context) {
    this.scope = scope;
    this.context = context;
    urgent = new ApiConnection(config, URGENT_TIMEOUT_MS);
    usual = new ApiConnection(config, TIMEOUT_MS);
  }

  /** A store with the credentials of this pod, or of the kubeconfig file of this user. */
  public static KubernetesStateStore open(KubernetesScope scope, Context context) {
    return new KubernetesStateStore(Config.autoConfigure(null), scope, context);
  }

  /** A store with the credentials of this kubeconfig file. */
  static KubernetesStateStore open(String kubeconfig, KubernetesScope scope, Context context) {
    return new KubernetesStateStore(Config.fromKubeconfig(kubeconfig), scope, context);
  }

  @Override
  public <R extends Resource<R>> CompletionStage<StoreOutcome<R>> get(
      Kind<R> kind, ResourceName name) {
    return connection(kind).get(ApiPaths.of(kind, name)).thenApply(reply -> one(kind, reply));
  }

  @Override
  public <R extends Resource<R>> CompletionStage<StoreOutcome<List<R>>> list(Kind<R> kind) {
    return listAll(kind)
        .thenApply(
            outcome ->
                outcome instanceof StoreOutcome.Ok<Listed<R>>(Listed<R> listed)
                    ? new StoreOutcome.Ok<>(listed.resources())
                    : otherwise(outcome));
  }

  // A failure says the same whatever was asked for.
  @SuppressWarnings("unchecked")
  private static <T> StoreOutcome<T> otherwise(StoreOutcome<?> failure) {
    return (StoreOutcome<T>) failure;
  }

  <R extends Resource<R>> CompletableFuture<StoreOutcome<Listed<R>>> listAll(Kind<R> kind) {
    return connection(kind)
        .get(ApiPaths.list(kind, scope))
        .thenApply(reply -> reply.isOk() ? listed(kind, reply) : reply.failure());
  }

  private <R extends Resource<R>> StoreOutcome<Listed<R>> listed(Kind<R> kind, ApiReply reply) {
    List<R> resources = new ArrayList<>();
    JsonNode list;
    try {
      list = ResourceJson.parse(reply.body());
    } catch (ResourceJson.UnreadableException e) {
      return ApiReply.none(String.valueOf(e.getMessage())).failure();
    }
    for (JsonNode item : list.path("items")) {
      try {
        R resource = ResourceJson.read(kind, item);
        if (scope.includes(resource)) {
          resources.add(resource);
        }
      } catch (ResourceJson.UnreadableException e) {
        LOG.warn("a {} is not looked at: {}", kind, e.getMessage());
      }
    }
    resources.sort(Comparator.comparing(Resource::resourceName));
    String version = list.path("metadata").path("resourceVersion").asText();
    return new StoreOutcome.Ok<>(new Listed<>(resources, version));
  }

  @Override
  public <R extends Resource<R>> CompletionStage<StoreOutcome<R>> create(R resource) {
    Kind<R> kind = resource.kind();
    ObjectNode body = ResourceJson.write(resource);
    if (kind.equals(Kind.LEASE)) {
      ResourceJson.label(body, scope.leaseLabels());
    }
    String namespace = resource.metadata().namespace();
    return connection(kind)
        .send("POST", ApiPaths.ofKind(kind, Optional.of(namespace)), JSON, body.toString())
        .thenApply(
            reply ->
                reply.isNotFound()
                    ? new StoreOutcome.Refused<>(reply.message())
                    : one(kind, reply));
  }

  @Override
  public <R extends Resource<R>> CompletionStage<StoreOutcome<R>> update(R resource) {
    return patch(resource, "", ResourceJson.updatePatch(resource));
  }

  @Override
  public <R extends Resource<R>> CompletionStage<StoreOutcome<R>> updateStatus(R resource) {
    if (!resource.kind().statusApart()) {
      return CompletableFuture.completedStage(
          new StoreOutcome.Refused<>("a " + resource.kind() + " is written as a whole only"));
    }
    return patch(resource, "/status", ResourceJson.statusPatch(resource));
  }

  private <R extends Resource<R>> CompletionStage<StoreOutcome<R>> patch(
      R resource, String subresource, JsonNode patch) {
    Kind<R> kind = resource.kind();
    if (resource.metadata().resourceVersion().isEmpty()) {
      return withoutVersion(resource);
    }
    String path = ApiPaths.of(kind, resource.resourceName()) + subresource;
    return connection(kind)
        .send("PATCH", path, JSON_PATCH, patch.toString())
        .thenApply(reply -> one(kind, reply));
  }

  // Kubernetes would take it for a write whatever there is.
  private <R extends Resource<R>> CompletionStage<StoreOutcome<R>> withoutVersion(R resource) {
    return get(resource.kind(), resource.resourceName())
        .thenApply(
            found -> found instanceof StoreOutcome.Ok<R> ? new StoreOutcome.Conflict<>() : found);
  }

  @Override
  public <R extends Resource<R>> CompletionStage<StoreOutcome<R>> delete(R resource) {
    Kind<R> kind = resource.kind();
    String options = ResourceJson.deleteOptions(resource.metadata()).toString();
    return connection(kind)
        .send("DELETE", ApiPaths.of(kind, resource.resourceName()), JSON, options)
        .thenApply(reply -> deleted(resource, reply));
  }

  // What is gone at once is answered with a Status, what waits for finalizers with the resource.
  private static <R extends Resource<R>> StoreOutcome<R> deleted(R resource, ApiReply reply) {
    if (!reply.isOk()) {
      return reply.failure();
    }
    try {
      JsonNode body = ResourceJson.parse(reply.body());
      return body.path("kind").asText().equals(resource.kind().name())
          ? new StoreOutcome.Ok<>(ResourceJson.read(resource.kind(), body))
          : new StoreOutcome.Ok<>(resource);
    } catch (ResourceJson.UnreadableException e) {
      return new StoreOutcome.Ok<>(resource);
    }
  }

  private static <R extends Resource<R>> StoreOutcome<R> one(Kind<R> kind, ApiReply reply) {
    if (!reply.isOk()) {
      return reply.failure();
    }
    try {
      return new StoreOutcome.Ok<>(ResourceJson.read(kind, ResourceJson.parse(reply.body())));
    } catch (ResourceJson.UnreadableException e) {
      return new StoreOutcome.Refused<>("it cannot be read: " + e.getMessage());
    }
  }

  @Override
  public <R extends Resource<R>> Watch watch(Kind<R> kind, WatchListener<R> listener) {
    KubernetesWatch<R> watch = new KubernetesWatch<>(this, kind, listener);
    watches.add(watch);
    watch.start();
    return watch;
  }

  /** The uid of a PersistentVolumeClaim; empty if it is not known now. Completes normally. */
  public CompletableFuture<Optional<String>> uidOfClaim(ResourceName claim) {
    return usual
        .get(ApiPaths.ofClaim(claim))
        .thenApply(
            reply -> {
              if (!reply.isOk()) {
                LOG.warn("claim {} cannot be looked at: {}", claim, reply.message());
              }
              return reply.isOk() ? reply.uid() : Optional.empty();
            });
  }

  /** What brokers live by must not wait behind anything else. */
  ApiConnection connection(Kind<?> kind) {
    return kind.equals(Kind.LEASE) || kind.equals(Kind.CLUSTER_STATE) ? urgent : usual;
  }

  KubernetesScope scope() {
    return scope;
  }

  long nowMs() {
    return context.nowMs().getAsLong();
  }

  /** A random time up to {@code boundMs}, at least half of it. */
  synchronized long jitter(long boundMs) {
    return boundMs / 2 + context.random().nextLong(boundMs / 2 + 1);
  }

  void later(Runnable task, long delayMs) {
    try {
      context.scheduler().schedule(task, delayMs, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("the store is closed: nothing is tried again");
    }
  }

  void forget(KubernetesWatch<?> watch) {
    watches.remove(watch);
  }

  @Override
  public void close() {
    watches.forEach(KubernetesWatch::close);
    urgent.close();
    usual.close();
  }
}
