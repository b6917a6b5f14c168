package dev.leat.bench.figure;

import dev.leat.bench.lab.Lab;
import dev.leat.bench.peer.Server;
import dev.leat.bench.peer.SpreadPerf;
import dev.leat.bench.peer.SpreadPerf.Spread;
import dev.leat.bench.peer.SpreadPerf.Topics;
import dev.leat.bench.report.Row;
import dev.leat.bench.report.Target;
import dev.leat.bench.report.Unit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What ten thousand partitions cost. */
final class ManyPartitions {
  private static final Topics FEW = new Topics("few", 1, Settings.PARTITIONS);
  private static final Topics MANY = new Topics("many", 100, 100);

  private static final double CREATE_MAX_SECONDS = 5;
  private static final double RESTART_MAX_SECONDS = 2;

  /** Of the rate with 64 partitions. */
  private static final double RATE_MIN = 0.7;

  private ManyPartitions() {}

  static Figure figure() {
    return new Figure(
        "partitions",
        "10,000 partitions in 100 topics, 1 KiB records",
        List.of(
            new Contestant(
                "Leat",
                leatRows("leat", "Leat, fsync before ack"),
                lab -> measure(lab, new LeatProduct(lab))),
            new Contestant(
                "Kafka",
                kafkaRows("kafka", "Kafka, no fsync"),
                lab -> measure(lab, new KafkaProduct(lab)))));
  }

  private static List<Row> leatRows(String who, String label) {
    Target.TimesAtLeast any = new Target.TimesAtLeast(rateId(who, Spread.ANY, MANY), RATE_MIN);
    Target.TimesAtLeast each = new Target.TimesAtLeast(rateId(who, Spread.EACH, MANY), RATE_MIN);
    return rows(
        who,
        label,
        new Limits(
            new Target.AtMost(CREATE_MAX_SECONDS),
            new Target.AtMost(RESTART_MAX_SECONDS),
            any,
            each));
  }

  private static List<Row> kafkaRows(String who, String label) {
    return rows(
        who,
        label,
        new Limits(
            new Target.Shown("partitions/leat-create"),
            new Target.Shown("partitions/leat-restart"),
            new Target.Shown(rateId(who, Spread.ANY, MANY)),
            new Target.Shown(rateId(who, Spread.EACH, MANY))));
  }

  /** What the rows of a product are compared with. */
  private record Limits(Target create, Target restart, Target any, Target each) {}

  private static List<Row> rows(String who, String label, Limits limits) {
    String id = "partitions/" + who;
    return List.of(
        new Row(id + "-create", label + ": create all", Unit.SECONDS, limits.create()),
        new Row(id + "-restart", label + ": restart to ready", Unit.SECONDS, limits.restart()),
        rate(who, Spread.ANY, MANY, label + ": all topics in turn, client chooses partition", null),
        rate(who, Spread.ANY, FEW, label + ": 64 partitions, client chooses", limits.any()),
        rate(who, Spread.EACH, MANY, label + ": all partitions in turn", null),
        rate(who, Spread.EACH, FEW, label + ": 64 partitions in turn", limits.each()));
  }

  private static Row rate(
      String who, Spread spread, Topics topics, String label, @Nullable Target target) {
    return new Row(rateId(who, spread, topics), label, Unit.MB_PER_SECOND, target);
  }

  private static String rateId(String who, Spread spread, Topics topics) {
    return "partitions/"
        + who
        + "-"
        + topics.prefix()
        + "-"
        + (spread == Spread.ANY ? "any" : "each");
  }

  private static Map<String, Double> measure(Lab lab, TopicProduct product) {
    String id = "partitions/" + product.name();
    Map<String, Double> samples = new HashMap<>();
    try (Server server = product.start()) {
      product.create(server, FEW);
      produce(lab, product, server, FEW, samples);
      long begin = System.nanoTime();
      product.create(server, MANY);
      samples.put(id + "-create", secondsSince(begin));
      produce(lab, product, server, MANY, samples);
    }
    lab.settle();
    long begin = System.nanoTime();
    try (Server server = product.start()) {
      product.awaitOnline(server, MANY);
      samples.put(id + "-restart", secondsSince(begin));
    }
    return samples;
  }

  private static void produce(
      Lab lab, TopicProduct product, Server server, Topics topics, Map<String, Double> samples) {
    SpreadPerf perf = new SpreadPerf(lab, product.name(), server.bootstrap());
    for (Spread spread : Spread.values()) {
      lab.settle();
      double rate = perf.produce(topics, spread, lab.scale().measured()).mbPerSecond();
      samples.put(rateId(product.name(), spread, topics), rate);
    }
  }

  private static double secondsSince(long begin) {
    return (System.nanoTime() - begin) / 1e9;
  }
}
