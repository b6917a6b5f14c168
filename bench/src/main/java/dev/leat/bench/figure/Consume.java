package dev.leat.bench.figure;

import dev.leat.bench.lab.Lab;
import dev.leat.bench.peer.KafkaLoad;
import dev.leat.bench.peer.KafkaPerf;
import dev.leat.bench.peer.Rate;
import dev.leat.bench.report.Row;
import dev.leat.bench.report.Target;
import dev.leat.bench.report.Unit;
import java.util.List;
import java.util.Map;

/** How many MB/s one consumer reads from the beginning of a topic that is in the page cache. */
final class Consume {
  private static final String LEAT = "consume/leat";
  private static final double TIMES_KAFKA = 3;
  private static final Row REPORTED =
      kafkaRow("kafka", "Kafka, ConsumerPerformance, as it reports");
  private static final Row FETCHING =
      kafkaRow("kafka-fetching", "Kafka, ConsumerPerformance, without joining its group");

  private Consume() {}

  static Figure figure() {
    return new Figure(
        "consume",
        "Consume 1 KiB records of 64 partitions from the beginning, one consumer",
        List.of(
            Contestant.of(
                "Leat",
                Row.plain(LEAT, "Leat, leat perf consume", Unit.MB_PER_SECOND),
                Consume::leat),
            new Contestant("Kafka", List.of(REPORTED, FETCHING), Consume::kafka)));
  }

  private static double leat(Lab lab) {
    long records = lab.scale().consumedRecords();
    try (LeatRun run = LeatRun.start(lab, List.of())) {
      run.command()
          .produce(Settings.TOPIC, Settings.KIB, List.of("--records", Long.toString(records)));
      lab.settle();
      run.command().consume(Settings.TOPIC, records, Settings.KIB);
      Rate rate = run.command().consume(Settings.TOPIC, records, Settings.KIB);
      return rate.mbPerSecond();
    }
  }

  private static Row kafkaRow(String id, String label) {
    return new Row(
        "consume/" + id, label, Unit.MB_PER_SECOND, new Target.TimesAtLeast(LEAT, TIMES_KAFKA));
  }

  private static Map<String, Double> kafka(Lab lab) {
    long records = lab.scale().consumedRecords();
    KafkaLoad load =
        new KafkaLoad(
            Settings.TOPIC, Settings.KIB, KafkaLoad.Payload.FROM_FILE, -1, Settings.KAFKA_TUNED);
    try (KafkaRun run = KafkaRun.start(lab, Settings.UNSYNCED)) {
      run.perf().produce(load, records, records / 10);
      lab.settle();
      run.perf().consume(Settings.TOPIC, records, Settings.KIB);
      KafkaPerf.Consumed consumed = run.perf().consume(Settings.TOPIC, records, Settings.KIB);
      return Map.of(
          REPORTED.id(),
          consumed.reported().mbPerSecond(),
          FETCHING.id(),
          consumed.fetching().mbPerSecond());
    }
  }
}
