package dev.leat.bench.figure;

import dev.leat.bench.lab.Lab;
import dev.leat.bench.peer.KafkaLoad;
import dev.leat.bench.peer.KafkaLoad.Payload;
import dev.leat.bench.peer.NatsBench;
import dev.leat.bench.peer.NatsServer;
import dev.leat.bench.peer.Rate;
import dev.leat.bench.report.Row;
import dev.leat.bench.report.Target;
import dev.leat.bench.report.Unit;
import java.util.List;
import java.util.Map;

/** How many MB/s of 1 KiB records producers can write. */
final class Produce {
  private static final String LEAT = "produce/leat";
  private static final double TIMES_KAFKA = 3;
  private static final double TIMES_SYNCED = 20;

  /** Kept per partition: all partitions together then fill a few segments of 64 MiB. */
  private static final List<String> KEEP_LITTLE = List.of("--retention-size", "4Mi");

  private Produce() {}

  static Figure figure() {
    return new Figure(
        "produce",
        "Produce 1 KiB records to 64 partitions, one producer",
        List.of(
            leat(LEAT, "Leat, fsync before ack, fresh segments", List.of()),
            leat(LEAT + "-recycled", "Leat, fsync before ack, recycled segments", KEEP_LITTLE),
            kafka(
                row(
                    "kafka-plain",
                    "Kafka, no fsync, payload generated, 128 KiB batches",
                    TIMES_KAFKA),
                Settings.UNSYNCED,
                load(Payload.GENERATED, Settings.KAFKA_PLAIN)),
            kafka(
                row("kafka", "Kafka, no fsync, payload from file, 256 KiB batches", TIMES_KAFKA),
                Settings.UNSYNCED,
                load(Payload.FROM_FILE, Settings.KAFKA_TUNED)),
            kafka(
                row(
                    "kafka-synced-default",
                    "Kafka, flush.messages=1, the client's defaults (16 KiB batches)",
                    TIMES_SYNCED),
                Settings.SYNCED,
                load(Payload.GENERATED, Settings.KAFKA_DEFAULT)),
            kafka(
                row("kafka-synced-plain", "Kafka, flush.messages=1, 128 KiB batches", TIMES_SYNCED),
                Settings.SYNCED,
                load(Payload.GENERATED, Settings.KAFKA_PLAIN)),
            kafka(
                row("kafka-synced", "Kafka, flush.messages=1, 256 KiB batches", TIMES_SYNCED),
                Settings.SYNCED,
                load(Payload.FROM_FILE, Settings.KAFKA_TUNED)),
            nats(
                row("nats-synced", "NATS, sync_interval: always, 1 stream, 1 client", TIMES_SYNCED),
                NatsServer.Sync.ALWAYS,
                new NatsBench.Load(1, 1, Settings.KIB)),
            nats(
                shown("nats-synced-streams", "NATS, sync_interval: always, 8 streams, 8 clients"),
                NatsServer.Sync.ALWAYS,
                new NatsBench.Load(8, 1, Settings.KIB)),
            nats(
                shown("nats", "NATS, fsync every 2 min, 1 stream, 4 clients"),
                NatsServer.Sync.DEFAULT,
                new NatsBench.Load(1, 4, Settings.KIB))));
  }

  private static Contestant leat(String id, String label, List<String> topicFlags) {
    return Contestant.of(
        label,
        Row.plain(id, label, Unit.MB_PER_SECOND),
        lab -> {
          try (LeatRun run = LeatRun.start(lab, topicFlags)) {
            return run.command()
                .produceFor(Settings.TOPIC, Settings.KIB, lab.scale().measured())
                .mbPerSecond();
          }
        });
  }

  private static Contestant kafka(Row row, Map<String, String> topic, KafkaLoad load) {
    long first =
        topic.equals(Settings.SYNCED) ? Settings.FIRST_SYNCED_RECORDS : Settings.FIRST_RECORDS;
    return Contestant.of(
        row.label(),
        row,
        lab -> {
          try (KafkaRun run = KafkaRun.start(lab, topic)) {
            return run.perf().produceFor(load, first, lab.scale().measured()).mbPerSecond();
          }
        });
  }

  private static Contestant nats(Row row, NatsServer.Sync sync, NatsBench.Load load) {
    return Contestant.of(row.label(), row, lab -> nats(lab, sync, load).mbPerSecond());
  }

  private static Rate nats(Lab lab, NatsServer.Sync sync, NatsBench.Load load) {
    long first =
        sync == NatsServer.Sync.ALWAYS ? Settings.FIRST_SYNCED_RECORDS : Settings.FIRST_RECORDS;
    try (NatsServer server = NatsServer.start(lab, lab.directory("nats"), sync)) {
      return new NatsBench(lab, server.bootstrap()).publishFor(load, first, lab.scale().measured());
    }
  }

  private static KafkaLoad load(Payload payload, List<String> properties) {
    return new KafkaLoad(Settings.TOPIC, Settings.KIB, payload, -1, properties);
  }

  private static Row row(String id, String label, double factor) {
    return new Row(
        "produce/" + id, label, Unit.MB_PER_SECOND, new Target.TimesAtLeast(LEAT, factor));
  }

  private static Row shown(String id, String label) {
    return new Row("produce/" + id, label, Unit.MB_PER_SECOND, new Target.Shown(LEAT));
  }
}
