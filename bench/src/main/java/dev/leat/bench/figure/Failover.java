package dev.leat.bench.figure;

import dev.leat.bench.failover.Failovers;
import dev.leat.bench.failover.KafkaTrio;
import dev.leat.bench.failover.LeatTrio;
import dev.leat.bench.failover.StoreOutage;
import java.util.List;

/** How long producers wait when one of three brokers dies, stops or falls silent. */
final class Failover {
  private Failover() {}

  static Figure figure() {
    Failovers leat = new Failovers("leat", "Leat", LeatTrio::start);
    Failovers kafka = new Failovers("kafka", "Kafka", KafkaTrio::start);
    return new Figure(
        "failover",
        "Longest time without an acknowledgement of a partition, 3 brokers, 3 replicas,"
            + " 2,000 records/s",
        List.of(
            new Contestant("Leat", leat.rows(), leat::measure),
            new Contestant("Kafka", kafka.rows(), kafka::measure)));
  }

  static Figure withoutStore() {
    return new Figure(
        "store-outage",
        "The same while the state store does not answer",
        List.of(new Contestant("Leat", StoreOutage.rows(), StoreOutage::measure)));
  }
}
