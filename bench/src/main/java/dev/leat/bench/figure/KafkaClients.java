package dev.leat.bench.figure;

import dev.leat.bench.lab.Lab;
import dev.leat.bench.peer.KafkaAdmin;
import dev.leat.bench.peer.KafkaCopy;
import dev.leat.bench.peer.KafkaLoad;
import dev.leat.bench.peer.KafkaPerf;
import dev.leat.bench.peer.Latency;
import dev.leat.bench.peer.Rate;
import dev.leat.bench.peer.Server;
import dev.leat.bench.process.ProcessorTime;
import dev.leat.bench.report.Row;
import dev.leat.bench.report.Target;
import dev.leat.bench.report.Unit;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The same load clients, Kafka's own and unchanged, against Leat's Kafka listener and Kafka. */
final class KafkaClients {
  private static final double BYTES_PER_GB = 1e9;
  private static final String COPY = "bench-copy";
  private static final int PER_TRANSACTION = 1_000;
  private static final long ROUND_TRIPS_PER_SECOND = 500;

  private KafkaClients() {}

  private record Run(Server server, KafkaPerf perf, KafkaCopy copier) implements AutoCloseable {
    /** A new server with one topic, and load clients for it. */
    static Run start(Lab lab, Product product, int partitions) {
      Product.Broker broker = product.start(lab);
      String bootstrap = broker.bootstrap();
      try (KafkaAdmin admin = new KafkaAdmin(bootstrap)) {
        admin.create(List.of(Settings.TOPIC, COPY), partitions, Settings.UNSYNCED);
      }
      return new Run(broker.server(), new KafkaPerf(lab, bootstrap), new KafkaCopy(lab, bootstrap));
    }

    /** What a load reached, and how long the server's processors worked for it. */
    Cost measure(long records, Supplier<Rate> load) {
      double before = ProcessorTime.seconds(server.process().tree());
      Rate rate = load.get();
      double after = ProcessorTime.seconds(server.process().tree());
      return new Cost(rate, (after - before) * BYTES_PER_GB / records / rate.recordSizeBytes());
    }

    @Override
    public void close() {
      server.close();
    }
  }

  private record Cost(Rate rate, double secondsPerGb) {
    Map<String, Double> samples(String id, Unit unit) {
      double reached = unit == Unit.MB_PER_SECOND ? rate.mbPerSecond() : rate.recordsPerSecond();
      return Map.of(id, reached, id + "-cpu", secondsPerGb);
    }
  }

  /** Measures one product. */
  @FunctionalInterface
  private interface Measurement {
    Cost of(Lab lab, Product product);
  }

  /**
   * A figure of throughput and what it costs.
   *
   * @param name of the figure
   * @param unit of throughput
   * @param maxCost how much of Kafka's processor time Leat may take
   */
  private static Figure figure(
      String name, String title, Unit unit, double maxCost, Measurement measurement) {
    return new Figure(
        name,
        title,
        List.of(
            contestant(name, Product.LEAT, rows(name, Product.LEAT, unit, null, null), measurement),
            contestant(
                name,
                Product.KAFKA,
                rows(
                    name,
                    Product.KAFKA,
                    unit,
                    new Target.TimesAtLeast(name + "/leat", 1),
                    new Target.TimesAtMost(name + "/leat-cpu", maxCost)),
                measurement)));
  }

  private static List<Row> rows(
      String name, Product product, Unit unit, @Nullable Target rate, @Nullable Target cost) {
    String id = name + "/" + product.id();
    return List.of(
        new Row(id, product.label(), unit, rate),
        new Row(id + "-cpu", product.label() + ": broker", Unit.CPU_SECONDS_PER_GB, cost));
  }

  private static Contestant contestant(
      String name, Product product, List<Row> rows, Measurement measurement) {
    Unit unit = rows.getFirst().unit();
    return new Contestant(
        product.label(),
        rows,
        lab -> measurement.of(lab, product).samples(name + "/" + product.id(), unit));
  }

  static Figure produce() {
    return figure(
        "kafka-produce",
        "kafka-producer-perf-test, acks=all, 1 KiB records, 64 partitions",
        Unit.MB_PER_SECOND,
        0.8,
        (lab, product) -> produce(lab, product, Settings.KIB, Settings.FIRST_RECORDS));
  }

  static Figure produceSmall() {
    return figure(
        "kafka-small",
        "kafka-producer-perf-test, acks=all, records of 100 bytes, 64 partitions",
        Unit.RECORDS_PER_SECOND,
        0.8,
        (lab, product) -> produce(lab, product, Settings.SMALL, Settings.FIRST_SMALL_RECORDS));
  }

  private static KafkaLoad load(int size) {
    return new KafkaLoad(
        Settings.TOPIC, size, KafkaLoad.Payload.FROM_FILE, -1, Settings.KAFKA_TUNED);
  }

  /** The first runs warm up, and say how many records fill the measured time. */
  private static Cost produce(Lab lab, Product product, int size, long firstRecords) {
    try (Run run = Run.start(lab, product, Settings.PARTITIONS)) {
      Rate rate = run.perf().produceFor(load(size), firstRecords, lab.scale().measured());
      long records = (long) (rate.recordsPerSecond() * lab.scale().measured().toSeconds());
      lab.settle();
      return run.measure(
          records, () -> run.perf().produce(load(size), records, records / 5).rate());
    }
  }

  static Figure consume() {
    return figure(
        "kafka-consume",
        "kafka-consumer-perf-test, 1 KiB records of 64 partitions from the beginning",
        Unit.MB_PER_SECOND,
        1,
        KafkaClients::consume);
  }

  private static Cost consume(Lab lab, Product product) {
    long records = lab.scale().consumedRecords();
    try (Run run = Run.start(lab, product, Settings.PARTITIONS)) {
      run.perf().produce(load(Settings.KIB), records, records / 10);
      lab.settle();
      run.perf().consume(Settings.TOPIC, records, Settings.KIB);
      return run.measure(
          records, () -> run.perf().consume(Settings.TOPIC, records, Settings.KIB).fetching());
    }
  }

  static Figure copy() {
    return new Figure(
        "kafka-copy",
        "Kafka's TransactionalMessageCopier, records of 100 bytes, 1,000 in a transaction",
        List.of(copier(Product.LEAT, null), copier(Product.KAFKA, "kafka-copy/leat")));
  }

  private static Contestant copier(Product product, @Nullable String subject) {
    String id = "kafka-copy/" + product.id();
    Target target = subject == null ? null : new Target.TimesAtLeast(subject, 1);
    return Contestant.of(
        product.label(),
        new Row(id, product.label(), Unit.RECORDS_PER_SECOND, target),
        lab -> {
          long records = lab.scale().consumedRecords() / 20;
          try (Run run = Run.start(lab, product, 1)) {
            run.perf().produce(load(Settings.SMALL), records, 1);
            lab.settle();
            return run.copier()
                .copy(Settings.TOPIC, COPY, records, Settings.SMALL, PER_TRANSACTION)
                .recordsPerSecond();
          }
        });
  }

  static Figure endToEnd() {
    return new Figure(
        "kafka-latency",
        "kafka-e2e-latency, acks=all, 1 KiB records, one after the other",
        List.of(arrival(Product.LEAT), arrival(Product.KAFKA)));
  }

  private static Contestant arrival(Product product) {
    String id = "kafka-latency/" + product.id();
    Target p99 =
        product == Product.LEAT ? null : new Target.TimesAtMost("kafka-latency/leat-p99", 1);
    return new Contestant(
        product.label(),
        List.of(
            Row.plain(id + "-p50", product.label() + ": p50", Unit.MILLISECONDS),
            new Row(id + "-p99", product.label() + ": p99", Unit.MILLISECONDS, p99)),
        lab -> {
          Latency latency = arrival(lab, product);
          return Map.of(id + "-p50", latency.p50(), id + "-p99", latency.p99());
        });
  }

  private static Latency arrival(Lab lab, Product product) {
    long records = ROUND_TRIPS_PER_SECOND * lab.scale().latency().toSeconds();
    try (Run run = Run.start(lab, product, 1)) {
      run.perf().endToEnd(Settings.TOPIC, records / 5, Settings.KIB);
      lab.settle();
      return run.perf().endToEnd(Settings.TOPIC, records, Settings.KIB);
    }
  }
}
