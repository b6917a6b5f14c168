package dev.leat.bench.figure;

import java.util.List;

/** All figures. */
public final class Catalog {
  private Catalog() {}

  /** In the order of the table. */
  public static List<Figure> figures() {
    return List.of(
        Produce.figure(),
        ProduceSmall.figure(),
        Consume.figure(),
        ProduceLatency.figure(),
        KafkaClients.produce(),
        KafkaClients.produceSmall(),
        KafkaClients.consume(),
        KafkaClients.endToEnd(),
        KafkaClients.copy(),
        JournalAlone.figure(),
        ManyPartitions.figure(),
        Start.figure(),
        BoundedMemory.figure(),
        ProduceReplicated.figure(),
        Failover.figure(),
        Failover.withoutStore());
  }
}
