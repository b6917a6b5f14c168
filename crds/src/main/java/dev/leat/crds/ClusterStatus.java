package dev.leat.crds;

import java.util.List;

/**
 * What a cluster is.
 *
 * @param observedGeneration generation of the spec that all of this is about
 * @param brokers brokers that exist (for the scale subresource)
 * @param readyBrokers brokers that serve
 * @param conditions statements, one of each type
 */
public record ClusterStatus(
    long observedGeneration, int brokers, int readyBrokers, List<Condition> conditions) {
  /** Nothing known. */
  public static final ClusterStatus NONE = new ClusterStatus(0, 0, 0, List.of());

  /** Copies. */
  public ClusterStatus {
    conditions = List.copyOf(conditions);
  }
}
