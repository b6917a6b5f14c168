package dev.leat.bench.figure;

import dev.leat.bench.peer.KafkaLoad;
import dev.leat.bench.report.Row;
import dev.leat.bench.report.Target;
import dev.leat.bench.report.Unit;
import java.util.List;

/** How many records of 100 bytes in a second producers can write. */
final class ProduceSmall {
  private static final String LEAT = "small/leat";
  private static final double TIMES_KAFKA = 2;

  private ProduceSmall() {}

  static Figure figure() {
    return new Figure(
        "small", "Produce 100 B records to 64 partitions, one producer", List.of(leat(), kafka()));
  }

  private static Contestant leat() {
    return Contestant.of(
        "Leat",
        Row.plain(LEAT, "Leat, fsync before ack, fresh segments", Unit.RECORDS_PER_SECOND),
        lab -> {
          try (LeatRun run = LeatRun.start(lab, List.of())) {
            return run.command()
                .produceFor(Settings.TOPIC, Settings.SMALL, lab.scale().measured())
                .recordsPerSecond();
          }
        });
  }

  private static Contestant kafka() {
    KafkaLoad load =
        new KafkaLoad(
            Settings.TOPIC, Settings.SMALL, KafkaLoad.Payload.FROM_FILE, -1, Settings.KAFKA_TUNED);
    return Contestant.of(
        "Kafka",
        new Row(
            "small/kafka",
            "Kafka, no fsync, payload from file, 256 KiB batches",
            Unit.RECORDS_PER_SECOND,
            new Target.TimesAtLeast(LEAT, TIMES_KAFKA)),
        lab -> {
          try (KafkaRun run = KafkaRun.start(lab, Settings.UNSYNCED)) {
            return run.perf()
                .produceFor(load, Settings.FIRST_SMALL_RECORDS, lab.scale().measured())
                .recordsPerSecond();
          }
        });
  }
}
