package dev.leat.bench.figure;

import dev.leat.bench.failover.StreamsFailover;
import dev.leat.bench.failover.Trio;
import dev.leat.bench.program.WordCountJob;
import dev.leat.bench.program.WordCountJob.Guarantee;
import dev.leat.bench.report.Row;
import dev.leat.bench.report.Unit;
import java.util.List;
import java.util.Map;

/** Kafka Streams, unchanged, in front of both brokers. */
final class Streams {
  private static final String KILL = "streams-failover/";

  private Streams() {}

  static Figure figure() {
    return new Figure(
        "streams",
        "Kafka Streams word count, totals and windows, each new count written; words in a second",
        List.of(
            words(Product.LEAT, Guarantee.AT_LEAST_ONCE),
            words(Product.KAFKA, Guarantee.AT_LEAST_ONCE),
            words(Product.LEAT, Guarantee.EXACTLY_ONCE),
            words(Product.KAFKA, Guarantee.EXACTLY_ONCE)));
  }

  private static Contestant words(Product product, Guarantee guarantee) {
    String label = product.label() + ", " + guarantee.value();
    return Contestant.of(
        label,
        new Row(
            id(product, guarantee),
            label,
            Unit.RECORDS_PER_SECOND,
            product.atLeast(id(Product.LEAT, guarantee), 1)),
        lab -> {
          try (Product.Broker broker = product.start(lab)) {
            return WordCountJob.perSecond(lab, broker.bootstrap(), guarantee);
          }
        });
  }

  private static String id(Product product, Guarantee guarantee) {
    return "streams/" + product.id() + "-" + guarantee.value();
  }

  static Figure failover() {
    return new Figure(
        "streams-failover",
        "Kafka Streams word count, exactly_once_v2, 3 brokers, 3 replicas: longest time without"
            + " output in a partition",
        List.of(killed(Product.LEAT), killed(Product.KAFKA)));
  }

  private static Contestant killed(Product product) {
    String id = KILL + product.id();
    return new Contestant(
        product.label(),
        List.of(
            Row.plain(id + "-quiet", product.label() + ", nothing", Unit.MILLISECONDS),
            new Row(
                id,
                product.label() + ", kill -9 of a broker",
                Unit.MILLISECONDS,
                product.atMost(KILL + Product.LEAT.id(), 0.5))),
        lab -> {
          try (Trio trio = product.startTrio(lab, WordCountJob.PARTITIONS)) {
            StreamsFailover.Result result = StreamsFailover.measure(lab, trio);
            return Map.of(id + "-quiet", result.quiet(), id, result.killed());
          }
        });
  }
}
