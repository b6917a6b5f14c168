package dev.leat.crds.yaml;

import dev.leat.crds.Cluster;
import dev.leat.crds.ClusterSpec;
import dev.leat.crds.ObjectMeta;
import dev.leat.crds.PodSettings;
import dev.leat.crds.Resource;
import dev.leat.crds.Topic;
import dev.leat.crds.TopicSpec;
import dev.leat.crds.value.Retention;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A resource as a file describes it.
 *
 * @param resource the resource; fields that the file does not give have their defaults
 * @param given paths of the fields that the file gives
 * @param file the file, as its reader was told
 * @param line where the resource begins, from 1
 */
public record Manifest(Resource<?> resource, Set<String> given, String file, int line) {
  /** Copies. */
  public Manifest {
    given = Set.copyOf(given);
  }

  /**
   * What {@code kubectl apply} makes of a stored Topic: given fields are as in the file, all others
   * stay as they are, labels and annotations are added to those there.
   */
  public Topic appliedTo(Topic stored) {
    Topic wanted = (Topic) resource;
    TopicSpec now = stored.spec();
    TopicSpec spec = wanted.spec();
    Retention retention =
        new Retention(
            has("spec.retention.time") ? spec.retention().time() : now.retention().time(),
            has("spec.retention.size") ? spec.retention().size() : now.retention().size());
    TopicSpec merged =
        new TopicSpec(
            has("spec.cluster") ? spec.cluster() : now.cluster(),
            has("spec.topicName") ? spec.topicName() : now.topicName(),
            has("spec.partitions") ? spec.partitions() : now.partitions(),
            has("spec.replicas") ? spec.replicas() : now.replicas(),
            retention,
            has("spec.cleanup") ? spec.cleanup() : now.cleanup(),
            has("spec.deletionPolicy") ? spec.deletionPolicy() : now.deletionPolicy(),
            now.config().with(spec.config()));
    return stored.withSpec(merged).withMetadata(metadataAppliedTo(stored.metadata()));
  }

  /** The same for a stored Cluster. */
  public Cluster appliedTo(Cluster stored) {
    Cluster wanted = (Cluster) resource;
    ClusterSpec now = stored.spec();
    ClusterSpec spec = wanted.spec();
    ClusterSpec.Storage storage =
        new ClusterSpec.Storage(
            has("spec.storage.size") ? spec.storage().size() : now.storage().size(),
            has("spec.storage.storageClassName")
                ? spec.storage().storageClassName()
                : now.storage().storageClassName(),
            has("spec.storage.deleteClaim")
                ? spec.storage().deleteClaim()
                : now.storage().deleteClaim());
    ClusterSpec merged =
        new ClusterSpec(
            has("spec.brokers") ? spec.brokers() : now.brokers(),
            has("spec.groups") ? spec.groups() : now.groups(),
            storage,
            has("spec.uncleanElections") ? spec.uncleanElections() : now.uncleanElections(),
            podsAppliedTo(now.pods(), spec.pods()));
    return stored.withSpec(merged).withMetadata(metadataAppliedTo(stored.metadata()));
  }

  // Lists and small mappings are replaced as a whole, as kubectl apply does with lists.
  private PodSettings podsAppliedTo(PodSettings now, PodSettings wanted) {
    return new PodSettings(
        has("spec.image") ? wanted.image() : now.image(),
        has("spec.resources") ? wanted.resources() : now.resources(),
        has("spec.topologyKey") ? wanted.topologyKey() : now.topologyKey(),
        has("spec.listeners") ? wanted.listeners() : now.listeners(),
        has("spec.topicNamespaces") ? wanted.topicNamespaces() : now.topicNamespaces(),
        has("spec.clientLimits") ? wanted.clientLimits() : now.clientLimits(),
        has("spec.rollout") ? wanted.rollout() : now.rollout());
  }

  private boolean has(String path) {
    return given.contains(path);
  }

  private ObjectMeta metadataAppliedTo(ObjectMeta stored) {
    return stored
        .edit()
        .labels(union(stored.labels(), resource.metadata().labels()))
        .annotations(union(stored.annotations(), resource.metadata().annotations()))
        .build();
  }

  private static Map<String, String> union(Map<String, String> old, Map<String, String> added) {
    Map<String, String> all = new TreeMap<>(old);
    all.putAll(added);
    return all;
  }
}
