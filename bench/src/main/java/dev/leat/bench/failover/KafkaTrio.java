package dev.leat.bench.failover;

import dev.leat.bench.lab.Lab;
import dev.leat.bench.load.Sender;
import dev.leat.bench.peer.KafkaAdmin;
import dev.leat.bench.peer.KafkaNode;
import dev.leat.bench.peer.KafkaServer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Three Kafka nodes, each broker and controller, with Kafka's defaults. */
public final class KafkaTrio implements Trio {
  private final Lab lab;
  private final Map<Integer, KafkaServer> servers;
  private final String bootstrap;
  private final KafkaAdmin admin;

  private KafkaTrio(Lab lab, Map<Integer, KafkaServer> servers, String bootstrap) {
    this.lab = lab;
    this.servers = servers;
    this.bootstrap = bootstrap;
    this.admin = new KafkaAdmin(bootstrap);
  }

  /** Starts a new cluster. */
  public static KafkaTrio start(Lab lab, int partitions) {
    List<KafkaNode> nodes = KafkaServer.cluster(lab, BROKERS, Map.of("min.insync.replicas", "2"));
    Map<Integer, KafkaServer> servers = new HashMap<>();
    nodes.forEach(node -> servers.put(node.id(), KafkaServer.launch(lab, node)));
    String bootstrap = nodes.stream().map(KafkaNode::bootstrap).collect(Collectors.joining(","));
    KafkaTrio trio = new KafkaTrio(lab, servers, bootstrap);
    trio.admin.awaitBrokers(BROKERS);
    trio.admin.create(List.of(TOPIC), partitions, Map.of());
    return trio;
  }

  @Override
  public String bootstrap() {
    return bootstrap;
  }

  @Override
  public String kafkaBootstrap() {
    return bootstrap;
  }

  @Override
  public List<Integer> leaders() {
    return admin.leaders(TOPIC);
  }

  @Override
  public int controller() {
    return admin.quorumLeader();
  }

  @Override
  public long pid(int broker) {
    return server(broker).process().pid();
  }

  private KafkaServer server(int broker) {
    KafkaServer server = servers.get(broker);
    if (server == null) {
      throw new IllegalArgumentException("no Kafka node " + broker);
    }
    return server;
  }

  @Override
  public Sender sender(Sender.Outcome outcome) {
    return Sender.kafka(bootstrap, Duration.ZERO, outcome);
  }

  @Override
  public void restart(int broker) {
    KafkaServer ended = server(broker);
    ended.process().close();
    servers.put(broker, KafkaServer.launch(lab, ended.node()));
  }

  @Override
  public boolean isWell() {
    return admin.isInSync(TOPIC, BROKERS);
  }

  @Override
  public void close() {
    admin.close();
    servers.values().forEach(KafkaServer::close);
  }
}
