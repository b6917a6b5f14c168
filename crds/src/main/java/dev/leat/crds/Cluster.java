package dev.leat.crds;

import java.util.Optional;

/**
 * A cluster of brokers.
 *
 * @param metadata name, version and marks
 * @param spec what it should be
 * @param status what it is
 */
public record Cluster(ObjectMeta metadata, ClusterSpec spec, ClusterStatus status)
    implements Resource<Cluster> {
  /** One that was never stored. */
  public static Cluster of(ResourceName name, ClusterSpec spec) {
    return new Cluster(ObjectMeta.of(name), spec, ClusterStatus.NONE);
  }

  @Override
  public Kind<Cluster> kind() {
    return Kind.CLUSTER;
  }

  @Override
  public Cluster withMetadata(ObjectMeta other) {
    return new Cluster(other, spec, status);
  }

  @Override
  public Cluster withStatusOf(Cluster other) {
    return withStatus(other.status);
  }

  @Override
  public Cluster withoutStatus() {
    return withStatus(ClusterStatus.NONE);
  }

  @Override
  public Optional<String> changeProblem(Cluster earlier) {
    return spec.changeProblem(earlier.spec);
  }

  @Override
  public boolean hasSpecOf(Cluster other) {
    return spec.equals(other.spec);
  }

  /** The same with another spec. */
  public Cluster withSpec(ClusterSpec other) {
    return new Cluster(metadata, other, status);
  }

  /** The same with another status. */
  public Cluster withStatus(ClusterStatus other) {
    return new Cluster(metadata, spec, other);
  }
}
