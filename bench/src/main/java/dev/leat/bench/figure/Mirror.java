package dev.leat.bench.figure;

import dev.leat.bench.program.MirrorJob;
import dev.leat.bench.report.Row;
import dev.leat.bench.report.Unit;
import java.util.List;

/** MirrorMaker 2, unchanged, from a Kafka into both brokers. */
final class Mirror {
  private static final String NAME = "mirror";

  private Mirror() {}

  static Figure figure() {
    return new Figure(
        NAME,
        "MirrorMaker 2 from a Kafka, 1 KiB records, 4 partitions, 2 tasks",
        List.of(contestant(Product.LEAT), contestant(Product.KAFKA)));
  }

  private static Contestant contestant(Product product) {
    return Contestant.of(
        product.label(),
        new Row(
            NAME + "/" + product.id(),
            "into " + product.label(),
            Unit.MB_PER_SECOND,
            product.atLeast(NAME + "/" + Product.LEAT.id(), 1)),
        lab -> {
          try (Product.Broker broker = product.start(lab)) {
            return MirrorJob.measure(lab, broker.bootstrap(), Settings.KAFKA_TUNED).mbPerSecond();
          }
        });
  }
}
