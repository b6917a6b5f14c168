package dev.leat.bench.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * One Kafka broker that is a controller too.
 *
 * @param id node id, from 1
 * @param port for clients
 * @param controllerPort for the other controllers
 * @param directory of its log and its configuration
 */
public record KafkaNode(int id, int port, int controllerPort, Path directory) {

  /** Where clients reach it. */
  public String bootstrap() {
    return "127.0.0.1:" + port;
  }

  Path configuration() {
    return directory.resolve("server.properties");
  }

  /**
   * Writes the configuration: Kafka's defaults, but for replication (that of a cluster of this
   * size) and for the delay before the first rebalance, which would only make consumers wait.
   *
   * @param cluster all nodes, this one included
   * @param overrides further properties
   */
  void configure(List<KafkaNode> cluster, Map<String, String> overrides) {
    Map<String, String> properties = new TreeMap<>();
    properties.put("process.roles", "broker,controller");
    properties.put("node.id", Integer.toString(id));
    properties.put("controller.quorum.voters", voters(cluster));
    properties.put("controller.listener.names", "CONTROLLER");
    properties.put(
        "listeners", "PLAINTEXT://" + bootstrap() + ",CONTROLLER://127.0.0.1:" + controllerPort);
    properties.put("advertised.listeners", "PLAINTEXT://" + bootstrap());
    properties.put("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT");
    properties.put("log.dirs", directory.resolve("log").toString());
    String replicas = Integer.toString(Math.min(3, cluster.size()));
    properties.put("default.replication.factor", replicas);
    properties.put("offsets.topic.replication.factor", replicas);
    properties.put("transaction.state.log.replication.factor", replicas);
    properties.put("transaction.state.log.min.isr", "1");
    properties.put("group.initial.rebalance.delay.ms", "0");
    properties.putAll(overrides);
    List<String> lines =
        properties.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
    try {
      Files.write(configuration(), lines);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + configuration(), e);
    }
  }

  private static String voters(List<KafkaNode> cluster) {
    return cluster.stream()
        .map(node -> node.id() + "@127.0.0.1:" + node.controllerPort())
        .collect(Collectors.joining(","));
  }
}
