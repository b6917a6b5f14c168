package dev.leat.bench.figure;

import dev.leat.bench.failover.KafkaTrio;
import dev.leat.bench.failover.LeatTrio;
import dev.leat.bench.failover.Trio;
import dev.leat.bench.peer.KafkaLoad;
import dev.leat.bench.peer.KafkaLoad.Payload;
import dev.leat.bench.peer.KafkaPerf;
import dev.leat.bench.peer.LeatCommand;
import dev.leat.bench.report.Row;
import dev.leat.bench.report.Target;
import dev.leat.bench.report.Unit;
import java.util.List;

/** How many MB/s of 1 KiB records a producer can write to three brokers on one machine. */
final class ProduceReplicated {
  private static final String LEAT = "replicated/leat";
  private static final double TIMES_KAFKA = 1.5;

  private ProduceReplicated() {}

  static Figure figure() {
    return new Figure(
        "replicated",
        "Produce 1 KiB records to 64 partitions with 3 replicas, 3 brokers, one producer",
        List.of(
            leat(),
            kafka(
                "kafka-plain",
                "payload generated, 128 KiB",
                Payload.GENERATED,
                Settings.KAFKA_PLAIN),
            kafka("kafka", "payload from file, 256 KiB", Payload.FROM_FILE, Settings.KAFKA_TUNED)));
  }

  private static Contestant leat() {
    String label = "Leat, fsync on a majority before ack";
    return Contestant.of(
        label,
        Row.plain(LEAT, label, Unit.MB_PER_SECOND),
        lab -> {
          try (Trio trio = LeatTrio.start(lab, Settings.PARTITIONS)) {
            return new LeatCommand(lab, trio.bootstrap())
                .produceFor(Trio.TOPIC, Settings.KIB, lab.scale().measured())
                .mbPerSecond();
          }
        });
  }

  private static Contestant kafka(String id, String how, Payload payload, List<String> settings) {
    String label = "Kafka, acks=all, no fsync, " + how + " batches";
    Row row =
        new Row(
            "replicated/" + id,
            label,
            Unit.MB_PER_SECOND,
            new Target.TimesAtLeast(LEAT, TIMES_KAFKA));
    KafkaLoad load = new KafkaLoad(Trio.TOPIC, Settings.KIB, payload, -1, settings);
    return Contestant.of(
        label,
        row,
        lab -> {
          try (Trio trio = KafkaTrio.start(lab, Settings.PARTITIONS)) {
            return new KafkaPerf(lab, trio.bootstrap())
                .produceFor(load, Settings.FIRST_RECORDS, lab.scale().measured())
                .mbPerSecond();
          }
        });
  }
}
