package dev.leat.bench.figure;

import dev.leat.bench.failover.KafkaTrio;
import dev.leat.bench.failover.LeatTrio;
import dev.leat.bench.failover.Trio;
import dev.leat.bench.lab.Lab;
import dev.leat.bench.peer.KafkaServer;
import dev.leat.bench.peer.LeatServer;
import dev.leat.bench.peer.Server;
import dev.leat.bench.report.Target;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whom the same unchanged clients and programs of Kafka are put in front of. */
enum Product {
  /** Our Kafka listener. */
  LEAT("leat", "Leat, fsync before ack") {
    @Override
    Broker start(Lab lab) {
      LeatServer server = LeatServer.startNew(lab);
      return new Broker(server, server.kafkaBootstrap());
    }

    @Override
    Trio startTrio(Lab lab, int partitions) {
      return LeatTrio.start(lab, partitions);
    }
  },
  /** The original. */
  KAFKA("kafka", "Kafka, no fsync") {
    @Override
    Broker start(Lab lab) {
      KafkaServer server = KafkaServer.startNew(lab, Map.of());
      return new Broker(server, server.bootstrap());
    }

    @Override
    Trio startTrio(Lab lab, int partitions) {
      return KafkaTrio.start(lab, partitions);
    }
  };

  private final String id;
  private final String label;

  Product(String id, String label) {
    this.id = id;
    this.label = label;
  }

  /** Part of the ids of rows. */
  String id() {
    return id;
  }

  /** In words, with what it does before it acknowledges. */
  String label() {
    return label;
  }

  /** A new cluster of one broker, ready. */
  abstract Broker start(Lab lab);

  /** A new cluster of three brokers, ready. */
  abstract Trio startTrio(Lab lab, int partitions);

  /** Kafka's row says how many times as much Leat has to reach; Leat's row says nothing. */
  @Nullable Target atLeast(String leatRow, double times) {
    return this == LEAT ? null : new Target.TimesAtLeast(leatRow, times);
  }

  /** Kafka's row says how much of it Leat may need; Leat's row says nothing. */
  @Nullable Target atMost(String leatRow, double times) {
    return this == LEAT ? null : new Target.TimesAtMost(leatRow, times);
  }

  /**
   * A running broker.
   *
   * @param server its processes
   * @param bootstrap where Kafka's clients reach it
   */
  record Broker(Server server, String bootstrap) implements AutoCloseable {
    @Override
    public void close() {
      server.close();
    }
  }
}
