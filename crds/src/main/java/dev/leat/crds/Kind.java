package dev.leat.crds;

import java.util.List;

/**
 * A kind of resource.
 *
 * @param apiVersion group and version, as in YAML
 * @param name the kind, as in YAML
 * @param plural the kind in API paths and directory names
 * @param type the Java type
 * @param statusApart whether the status is written apart from the rest (status subresource)
 */
public record Kind<R extends Resource<R>>(
    String apiVersion, String name, String plural, Class<R> type, boolean statusApart) {
  /** Group and version of Leat's own resources. */
  public static final String LEAT_API_VERSION = "leat.dev/v1alpha1";

  /** What a cluster of brokers should be. */
  public static final Kind<Cluster> CLUSTER =
      new Kind<>(LEAT_API_VERSION, "Cluster", "clusters", Cluster.class, true);

  /** What a topic should be. */
  public static final Kind<Topic> TOPIC =
      new Kind<>(LEAT_API_VERSION, "Topic", "topics", Topic.class, true);

  /** Who is there and who leads; written by brokers only, always whole. */
  public static final Kind<ClusterState> CLUSTER_STATE =
      new Kind<>(LEAT_API_VERSION, "ClusterState", "clusterstates", ClusterState.class, false);

  /** A sign of life, or a role held for a while. */
  public static final Kind<Lease> LEASE =
      new Kind<>("coordination.k8s.io/v1", "Lease", "leases", Lease.class, false);

  /** Every kind. */
  public static final List<Kind<?>> ALL = List.of(CLUSTER, TOPIC, CLUSTER_STATE, LEASE);

  @Override
  public String toString() {
    return name;
  }
}
