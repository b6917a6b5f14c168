package dev.leat.bench.figure;

import java.util.List;
import java.util.stream.Stream;

/** All figures. */
public final class Catalog {
  private Catalog() {}

  /** What is measured when no figure is named, in the order of the table. */
  public static List<Figure> usual() {
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
        Groups.figure(),
        JournalAlone.figure(),
        ManyPartitions.figure(),
        Start.figure(),
        BoundedMemory.figure(),
        ProduceReplicated.figure());
  }

  /** All, those of commands of their own included, in the order of the table. */
  public static List<Figure> figures() {
    return Stream.of(usual(), failovers(), ecosystem()).flatMap(List::stream).toList();
  }

  /** What {@code bench/failover} measures. */
  private static List<Figure> failovers() {
    return List.of(
        Failover.figure(), Failover.withoutStore(), Failover.writes(), Failover.slowFollower());
  }

  /** What {@code bench/ecosystem} measures. */
  private static List<Figure> ecosystem() {
    return List.of(
        Streams.figure(), Connect.figure(), Mirror.figure(), Flink.figure(), Streams.failover());
  }
}
