package dev.leat.kafka.view;

import dev.leat.broker.runtime.view.BrokerView;
import dev.leat.broker.runtime.view.GroupView;
import dev.leat.broker.runtime.view.MetadataFeed;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.Node;
import org.jspecify.annotations.Nullable;

/** The brokers of one moment that Kafka clients can reach. */
public final class KafkaNodes {
  private final Map<Integer, Node> live = new TreeMap<>();
  private final int controller;

  /** Those of {@code metadata}. */
  public KafkaNodes(MetadataFeed.Metadata metadata) {
    for (BrokerView broker : metadata.brokers().values()) {
      if (!broker.kafka().isEmpty() && broker.status() != BrokerView.Status.FENCED) {
        live.put(broker.id(), node(broker));
      }
    }
    controller = metadata.controller();
  }

  private static Node node(BrokerView broker) {
    int colon = broker.kafka().lastIndexOf(':');
    return new Node(
        broker.id(),
        broker.kafka().substring(0, colon),
        Integer.parseInt(broker.kafka().substring(colon + 1)),
        broker.zone().isEmpty() ? null : broker.zone());
  }

  /** All of them, by number. */
  public List<Node> all() {
    return List.copyOf(live.values());
  }

  /** The broker of this number, or null if it cannot be reached. */
  public @Nullable Node find(int id) {
    return live.get(id);
  }

  /** Who takes requests for the controller: any broker does, so one that can be reached. */
  public int controllerId() {
    return live.containsKey(controller)
        ? controller
        : live.keySet().stream().findFirst().orElse(-1);
  }

  /** Brokers that hold a group, the leader first. */
  public static List<Integer> replicas(GroupView.Leadership leadership) {
    if (leadership.voters().isEmpty()) {
      return leadership.leader() < 0 ? List.of() : List.of(leadership.leader());
    }
    List<Integer> replicas = new ArrayList<>(leadership.voters());
    replicas.sort(Comparator.comparing((Integer id) -> id != leadership.leader()));
    return replicas;
  }

  /** Those of {@code replicas} that can be reached. */
  public List<Integer> reachable(List<Integer> replicas) {
    return replicas.stream().filter(live::containsKey).toList();
  }

  /** Those of {@code replicas} that cannot be reached. */
  public List<Integer> unreachable(List<Integer> replicas) {
    return replicas.stream().filter(id -> !live.containsKey(id)).toList();
  }
}
