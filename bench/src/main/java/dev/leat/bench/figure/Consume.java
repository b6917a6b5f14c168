package dev.leat.bench.figure;

import dev.leat.bench.lab.Lab;
import dev.leat.bench.peer.KafkaLoad;
import dev.leat.bench.peer.Rate;
import dev.leat.bench.report.Row;
import dev.leat.bench.report.Target;
import dev.leat.bench.report.Unit;
import java.util.List;

/** How many MB/s one consumer reads from the beginning of a topic that is in the page cache. */
final class Consume {
  private static final String LEAT = "consume/leat";
  private static final double TIMES_KAFKA = 3;

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
            Contestant.of(
                "Kafka",
                new Row(
                    "consume/kafka",
                    "Kafka, ConsumerPerformance, without joining its group",
                    Unit.MB_PER_SECOND,
                    new Target.TimesAtLeast(LEAT, TIMES_KAFKA)),
                Consume::kafka)));
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

  private static double kafka(Lab lab) {
    long records = lab.scale().consumedRecords();
    KafkaLoad load =
        new KafkaLoad(
            Settings.TOPIC, Settings.KIB, KafkaLoad.Payload.FROM_FILE, -1, Settings.KAFKA_TUNED);
    try (KafkaRun run = KafkaRun.start(lab, Settings.UNSYNCED)) {
      run.perf().produce(load, records, records / 10);
      lab.settle();
      run.perf().consume(Settings.TOPIC, records, Settings.KIB);
      return run.perf().consume(Settings.TOPIC, records, Settings.KIB).mbPerSecond();
    }
  }
}
