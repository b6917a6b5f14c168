package dev.leat.bench.figure;

import dev.leat.bench.lab.Lab;
import dev.leat.bench.peer.KafkaAdmin;
import dev.leat.bench.peer.KafkaNode;
import dev.leat.bench.peer.KafkaServer;
import dev.leat.bench.peer.Server;
import dev.leat.bench.peer.SpreadPerf.Topics;
import java.util.Map;

/** A Kafka cluster of one node. */
final class KafkaProduct implements TopicProduct {
  private final Lab lab;
  private final KafkaNode node;

  KafkaProduct(Lab lab) {
    this.lab = lab;
    this.node = KafkaServer.cluster(lab, 1, Map.of()).getFirst();
  }

  @Override
  public String name() {
    return "kafka";
  }

  @Override
  public Server start() {
    return KafkaServer.start(lab, node);
  }

  @Override
  public void create(Server server, Topics topics) {
    try (KafkaAdmin admin = new KafkaAdmin(server.bootstrap())) {
      admin.create(topics.names(), topics.partitions(), Map.of());
    }
  }

  @Override
  public void awaitOnline(Server server, Topics topics) {
    try (KafkaAdmin admin = new KafkaAdmin(server.bootstrap())) {
      admin.awaitOnline(topics.names(), topics.partitions());
    }
  }
}
