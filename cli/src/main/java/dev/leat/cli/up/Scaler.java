package dev.leat.cli.up;

import dev.leat.crds.ClusterState;
import dev.leat.crds.Kind;
import dev.leat.crds.ResourceName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** Which brokers a local cluster lacks, and which it needs no more. */
final class Scaler {
  private final StoreCalls store;
  private final ResourceName cluster;

  /** For this Cluster. */
  Scaler(StoreCalls store, ResourceName cluster) {
    this.store = store;
    this.cluster = cluster;
  }

  private int wanted() {
    return store.find(Kind.CLUSTER, cluster).map(found -> found.spec().brokers()).orElse(0);
  }

  /** Brokers that the Cluster asks for and that do not run. */
  List<Integer> missing(Set<Integer> running) {
    return IntStream.range(0, wanted()).boxed().filter(id -> !running.contains(id)).toList();
  }

  /** Brokers that the Cluster does not ask for, once they hold nothing any more. */
  List<Integer> idle(Map<Integer, BrokerNode> running) {
    int wanted = wanted();
    if (wanted == 0 || running.keySet().stream().allMatch(id -> id < wanted)) {
      return List.of();
    }
    Optional<ClusterState> state = store.find(Kind.CLUSTER_STATE, cluster);
    return running.values().stream()
        .filter(node -> node.id() >= wanted && node.groups() == 0)
        .map(BrokerNode::id)
        .filter(id -> state.isPresent() && !isInUse(state.get(), id))
        .toList();
  }

  /** Number of brokers from 0 up to the last one that votes or leads. */
  static int inUse(ClusterState state) {
    return state.status().groups().stream()
        .flatMapToInt(group -> group.voters().stream().mapToInt(voter -> voter + 1))
        .max()
        .orElse(0);
  }

  private static boolean isInUse(ClusterState state, int broker) {
    return state.status().groups().stream()
        .anyMatch(group -> group.leader() == broker || group.voters().contains(broker));
  }
}
