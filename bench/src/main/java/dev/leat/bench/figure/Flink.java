package dev.leat.bench.figure;

import dev.leat.bench.program.CopyJob;
import dev.leat.bench.report.Row;
import dev.leat.bench.report.Unit;
import java.util.List;
import java.util.Map;

/** A job of Flink with its Kafka connector, unchanged, in front of both brokers. */
final class Flink {
  private static final String NAME = "flink";

  private Flink() {}

  static Figure figure() {
    return new Figure(
        NAME,
        "Flink copies a topic exactly once, lines of 40 bytes, a checkpoint every 0.5 s",
        List.of(contestant(Product.LEAT), contestant(Product.KAFKA)));
  }

  private static Contestant contestant(Product product) {
    String id = NAME + "/" + product.id();
    String leat = NAME + "/" + Product.LEAT.id();
    return new Contestant(
        product.label(),
        List.of(
            new Row(id, product.label(), Unit.RECORDS_PER_SECOND, product.atLeast(leat, 1)),
            new Row(
                id + "-checkpoint",
                product.label() + ": a checkpoint, p50",
                Unit.MILLISECONDS,
                product.atMost(leat + "-checkpoint", 1))),
        lab -> {
          try (Product.Broker broker = product.start(lab)) {
            CopyJob.Result result = CopyJob.measure(lab, broker.bootstrap());
            return Map.of(id, result.perSecond(), id + "-checkpoint", result.checkpointMs());
          }
        });
  }
}
