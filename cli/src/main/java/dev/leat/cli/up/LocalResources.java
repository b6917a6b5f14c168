package dev.leat.cli.up;

import dev.leat.cli.console.CommandFailedException;
import dev.leat.crds.Cluster;
import dev.leat.crds.ClusterSpec;
import dev.leat.crds.ClusterState;
import dev.leat.crds.Kind;
import dev.leat.crds.Resource;
import dev.leat.crds.ResourceName;
import dev.leat.crds.Topic;
import dev.leat.crds.yaml.Manifest;
import dev.leat.crds.yaml.ResourceReader;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The resources of a local cluster. There is one Cluster; the first manifest or start makes it.
 * Manifests are applied as {@code kubectl apply} does: they create and change, and never delete.
 */
final class LocalResources {
  private static final ResourceName DEFAULT_NAME =
      new ResourceName(ResourceReader.DEFAULT_NAMESPACE, "local");

  private final StoreCalls store;

  LocalResources(StoreCalls store) {
    this.store = store;
  }

  /** Applies manifests: the Cluster first, as Topics need it. */
  void apply(List<Manifest> manifests) {
    for (Manifest manifest : manifests) {
      if (manifest.resource() instanceof Cluster cluster) {
        at(manifest, () -> applyCluster(manifest, cluster));
      }
    }
    for (Manifest manifest : manifests) {
      if (manifest.resource() instanceof Topic topic) {
        at(manifest, () -> applyTopic(manifest, topic));
      }
    }
  }

  /** The Cluster, made if there is none, with this number of brokers if one is given. */
  Cluster cluster(Optional<Integer> brokers) {
    Optional<Cluster> stored = storedCluster();
    if (stored.isEmpty()) {
      return store.create(Cluster.of(DEFAULT_NAME, ClusterSpec.ofBrokers(brokers.orElse(1))));
    }
    ClusterSpec spec = stored.get().spec();
    if (brokers.isEmpty() || brokers.get() == spec.brokers()) {
      return stored.get();
    }
    return store.update(stored.get().withSpec(spec.withBrokers(brokers.get())));
  }

  /** Number of brokers from 0 up to the last one that has replicas. */
  int brokersInUse(Cluster cluster) {
    return store.find(Kind.CLUSTER_STATE, cluster.resourceName()).map(Scaler::inUse).orElse(0);
  }

  /** Id of the cluster; a new one if its state is new. */
  UUID clusterId(Cluster cluster) {
    ResourceName name = cluster.resourceName();
    ClusterState state =
        store
            .find(Kind.CLUSTER_STATE, name)
            .orElseGet(() -> store.create(ClusterState.of(name, newState())));
    return UUID.fromString(state.status().clusterId());
  }

  private static ClusterState.Status newState() {
    return new ClusterState.Status(UUID.randomUUID().toString(), 1, List.of(), List.of());
  }

  private Optional<Cluster> storedCluster() {
    return store.list(Kind.CLUSTER).stream().findFirst();
  }

  private void applyCluster(Manifest manifest, Cluster cluster) {
    Optional<Cluster> stored = storedCluster();
    if (stored.isEmpty()) {
      store.create(cluster);
    } else if (stored.get().resourceName().equals(cluster.resourceName())) {
      store.update(manifest.appliedTo(stored.get()));
    } else {
      throw new CommandFailedException(
          "Cluster %s: this directory holds Cluster %s, and a directory has one; use another --dir"
              .formatted(cluster.resourceName(), stored.get().resourceName()));
    }
  }

  private void applyTopic(Manifest manifest, Topic topic) {
    Optional<Topic> stored = store.find(Kind.TOPIC, topic.resourceName());
    if (stored.isEmpty()) {
      store.create(inThisCluster(topic));
    } else {
      store.update(inThisCluster(manifest.appliedTo(stored.get())));
    }
  }

  // There is one Cluster here, whatever the same Topic's Cluster is called on Kubernetes.
  private static Topic inThisCluster(Topic topic) {
    return topic.withSpec(topic.spec().withCluster(Optional.empty()));
  }

  private static void at(Manifest manifest, Runnable action) {
    try {
      action.run();
    } catch (CommandFailedException e) {
      Resource<?> resource = manifest.resource();
      throw new CommandFailedException(
          "%s:%d: %s (%s)"
              .formatted(manifest.file(), manifest.line(), e.getMessage(), resource.kind()),
          e);
    }
  }
}
