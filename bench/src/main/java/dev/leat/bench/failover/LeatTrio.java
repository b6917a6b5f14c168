package dev.leat.bench.failover;

import dev.leat.bench.lab.Lab;
import dev.leat.bench.load.Sender;
import dev.leat.bench.peer.LeatServer;
import dev.leat.client.ClientConfig;
import dev.leat.client.LeatClient;
import dev.leat.client.admin.BrokerDescription;
import dev.leat.client.admin.BrokerStatus;
import dev.leat.client.admin.ClusterDescription;
import dev.leat.client.admin.PartitionDescription;
import dev.leat.client.admin.TopicSpec;
import java.time.Duration;
import java.util.List;

/** Three Leat brokers, each a process of {@code leat up}, which starts them again. */
public final class LeatTrio implements Trio {
  private static final int FILLER_PARTITIONS = 1_000;
  private static final Duration FILL_LIMIT = Duration.ofMinutes(3);

  private final LeatServer server;
  private final LeatClient client;

  private LeatTrio(LeatServer server, LeatClient client) {
    this.server = server;
    this.client = client;
  }

  /** Starts a new cluster. */
  public static LeatTrio start(Lab lab, int partitions) {
    LeatServer server = LeatServer.startProcesses(lab, BROKERS);
    LeatClient client = LeatClient.connect(server.bootstrap());
    client
        .admin()
        .createTopic(TopicSpec.of(TOPIC).withPartitions(partitions).withReplicas(BROKERS));
    return new LeatTrio(server, client);
  }

  /** Adds so many partitions of three replicas, in topics that nobody uses. */
  void fill(int partitions) {
    ClientConfig patient = ClientConfig.of(server.bootstrap()).withRequestTimeout(FILL_LIMIT);
    try (LeatClient other = LeatClient.connect(patient)) {
      for (int left = partitions; left > 0; left -= FILLER_PARTITIONS) {
        TopicSpec topic = TopicSpec.of("filler-" + left).withReplicas(BROKERS);
        other.admin().createTopic(topic.withPartitions(Math.min(left, FILLER_PARTITIONS)));
      }
    }
  }

  /** The process that plays the Kubernetes API's part, and starts brokers again. */
  public long storePid() {
    return server.process().pid();
  }

  @Override
  public String bootstrap() {
    return server.bootstrap();
  }

  @Override
  public String kafkaBootstrap() {
    return server.kafkaBootstrap();
  }

  @Override
  public List<Integer> leaders() {
    return client.admin().describeTopic(TOPIC).partitions().stream()
        .map(PartitionDescription::leader)
        .toList();
  }

  @Override
  public int controller() {
    return client.admin().describeCluster().controller();
  }

  @Override
  public long pid(int broker) {
    return client.admin().describeCluster().brokers().stream()
        .filter(each -> each.id() == broker)
        .map(BrokerDescription::pid)
        .findFirst()
        .orElseThrow()
        .orElseThrow();
  }

  @Override
  public Sender sender(Sender.Outcome outcome) {
    return Sender.leat(server.bootstrap(), outcome);
  }

  @Override
  public void restart(int broker) {
    // leat up has done so.
  }

  @Override
  public boolean isWell() {
    ClusterDescription cluster = client.admin().describeCluster();
    return cluster.controller() >= 0
        && cluster.leaderless() == 0
        && cluster.lagging() == 0
        && cluster.brokers().size() == BROKERS
        && cluster.brokers().stream().allMatch(each -> each.status() == BrokerStatus.UP);
  }

  @Override
  public void close() {
    client.close();
    server.close();
  }
}
