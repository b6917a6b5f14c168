package dev.leat.operator.plan;

import dev.leat.crds.ClusterState;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Whether groups can do without a broker. */
public final class Quorums {
  private Quorums() {}

  /**
   * Why {@code broker} cannot be missed now, or empty if it can. A group with one voter stops for
   * as long as its broker is away: that is what one replica means, and is no reason.
   *
   * @param ready brokers whose pods are ready
   */
  public static Optional<String> blocking(
      ClusterState.Status state, Set<Integer> ready, int broker) {
    Set<Integer> without = Set.of(broker);
    Set<Integer> live = live(state, ready);
    return state.groups().stream()
        .filter(group -> stopsWithout(group, live, without))
        .findFirst()
        .map(
            group ->
                "group %d needs broker %d: of its %d voters only %d others are there"
                    .formatted(
                        group.id(), broker, group.voters().size(), left(group, live, without)));
  }

  /** Whether no group stops while all these brokers are away, but for groups with one voter. */
  public static boolean canMiss(
      ClusterState.Status state, Set<Integer> ready, Set<Integer> brokers) {
    Set<Integer> live = live(state, ready);
    return state.groups().stream().noneMatch(group -> stopsWithout(group, live, brokers));
  }

  private static boolean stopsWithout(
      ClusterState.Group group, Set<Integer> live, Set<Integer> without) {
    return group.voters().size() > 1
        && group.voters().stream().anyMatch(without::contains)
        && left(group, live, without) < quorum(group);
  }

  /** Groups that cannot lose one more voter without stopping (those with one voter left out). */
  public static long atRisk(ClusterState.Status state, Set<Integer> ready) {
    Set<Integer> live = live(state, ready);
    return state.groups().stream()
        .filter(group -> group.voters().size() > 1)
        .filter(group -> left(group, live, Set.of()) <= quorum(group))
        .filter(group -> left(group, live, Set.of()) < group.voters().size())
        .count();
  }

  /** Groups in which a broker votes. */
  public static long votesOf(ClusterState.Status state, int broker) {
    return state.groups().stream().filter(group -> group.voters().contains(broker)).count();
  }

  private static Set<Integer> live(ClusterState.Status state, Set<Integer> ready) {
    return state.brokers().stream()
        .filter(broker -> broker.state() == ClusterState.BrokerState.UP)
        .map(ClusterState.Broker::id)
        .filter(ready::contains)
        .collect(Collectors.toSet());
  }

  private static long left(ClusterState.Group group, Set<Integer> live, Set<Integer> without) {
    return group.voters().stream()
        .filter(live::contains)
        .filter(id -> !without.contains(id))
        .count();
  }

  private static int quorum(ClusterState.Group group) {
    return group.voters().size() / 2 + 1;
  }
}
