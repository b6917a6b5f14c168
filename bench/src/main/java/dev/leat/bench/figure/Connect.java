package dev.leat.bench.figure;

import dev.leat.bench.program.FileConnectors;
import dev.leat.bench.report.Row;
import dev.leat.bench.report.Unit;
import java.util.List;

/** Kafka Connect, unchanged, in front of both brokers. */
final class Connect {
  private static final String NAME = "connect";

  private Connect() {}

  static Figure figure() {
    return new Figure(
        NAME,
        "Kafka Connect, file source to file sink, lines of 100 bytes, one task each",
        List.of(contestant(Product.LEAT), contestant(Product.KAFKA)));
  }

  private static Contestant contestant(Product product) {
    return Contestant.of(
        product.label(),
        new Row(
            NAME + "/" + product.id(),
            product.label(),
            Unit.RECORDS_PER_SECOND,
            product.atLeast(NAME + "/" + Product.LEAT.id(), 1)),
        lab -> {
          try (Product.Broker broker = product.start(lab)) {
            return FileConnectors.perSecond(lab, broker.bootstrap());
          }
        });
  }
}
