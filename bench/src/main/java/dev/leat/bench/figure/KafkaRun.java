package dev.leat.bench.figure;

import dev.leat.bench.lab.Lab;
import dev.leat.bench.peer.KafkaAdmin;
import dev.leat.bench.peer.KafkaPerf;
import dev.leat.bench.peer.KafkaServer;
import java.util.List;
import java.util.Map;

/** A new Kafka server with one topic, for one measurement. */
final class KafkaRun implements AutoCloseable {
  private final KafkaServer server;
  private final KafkaPerf perf;

  private KafkaRun(KafkaServer server, KafkaPerf perf) {
    this.server = server;
    this.perf = perf;
  }

  static KafkaRun start(Lab lab, Map<String, String> topicConfiguration) {
    KafkaServer server = KafkaServer.startNew(lab, Map.of());
    try (KafkaAdmin admin = new KafkaAdmin(server.bootstrap())) {
      admin.create(List.of(Settings.TOPIC), Settings.PARTITIONS, topicConfiguration);
    }
    return new KafkaRun(server, new KafkaPerf(lab, server.bootstrap()));
  }

  KafkaPerf perf() {
    return perf;
  }

  KafkaServer server() {
    return server;
  }

  @Override
  public void close() {
    server.close();
  }
}
