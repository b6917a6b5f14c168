package dev.leat.broker.control.coordination;

import dev.leat.crds.ResourceName;
import java.util.Map;

/**
 * What a broker's coordination is told when it starts.
 *
 * @param cluster name of the Cluster resource; ClusterState and Leases are named after it
 * @param seeds peer addresses of other brokers as known beforehand (DNS names on Kubernetes), by
 *     number of the broker: so that brokers find each other without the store
 * @param timing times and limits
 */
public record Settings(ResourceName cluster, Map<Integer, String> seeds, Timing timing) {
  /** Copies. */
  public Settings {
    seeds = Map.copyOf(seeds);
  }
}
