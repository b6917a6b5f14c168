package dev.leat.bench.figure;

import dev.leat.bench.lab.Lab;
import dev.leat.bench.lab.Scale;
import dev.leat.bench.peer.KafkaLoad;
import dev.leat.bench.peer.Latency;
import dev.leat.bench.peer.LeatCommand;
import dev.leat.bench.report.Row;
import dev.leat.bench.report.Target;
import dev.leat.bench.report.Unit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How long an acknowledgement takes at a rate that is far from the limit. */
final class ProduceLatency {
  private static final long RECORDS_PER_SECOND = 5_000;
  private static final double P99_MAX_MS = 5;

  private ProduceLatency() {}

  static Figure figure() {
    return new Figure(
        "latency",
        "Latency of producing 5,000 records of 1 KiB in a second to 64 partitions",
        List.of(
            new Contestant(
                "Leat",
                rows("leat", "Leat, fsync before ack", new Target.AtMost(P99_MAX_MS)),
                lab -> samples("leat", leat(lab))),
            new Contestant(
                "Kafka",
                rows("kafka", "Kafka, no fsync, linger.ms=0", new Target.Shown("latency/leat-p99")),
                lab -> samples("kafka", kafka(lab, Settings.UNSYNCED))),
            new Contestant(
                "Kafka synced",
                rows(
                    "kafka-synced",
                    "Kafka, flush.messages=1, linger.ms=0",
                    new Target.Shown("latency/leat-p99")),
                lab -> samples("kafka-synced", kafka(lab, Settings.SYNCED)))));
  }

  private static Latency leat(Lab lab) {
    List<String> flags =
        new ArrayList<>(LeatCommand.duration(Scale.WARM_UP.plus(lab.scale().latency())));
    flags.addAll(List.of("--rate", Long.toString(RECORDS_PER_SECOND)));
    try (LeatRun run = LeatRun.start(lab, List.of())) {
      run.command().produceFor(Settings.TOPIC, Settings.KIB, Scale.WARM_UP);
      lab.settle();
      return run.command().produce(Settings.TOPIC, Settings.KIB, flags).latencyMs();
    }
  }

  private static Latency kafka(Lab lab, Map<String, String> topic) {
    KafkaLoad load = load(RECORDS_PER_SECOND);
    Duration warmUp = Scale.WARM_UP;
    try (KafkaRun run = KafkaRun.start(lab, topic)) {
      run.perf().produce(load(-1), Settings.FIRST_SYNCED_RECORDS, 1);
      lab.settle();
      return run.perf()
          .produce(
              load,
              RECORDS_PER_SECOND * warmUp.plus(lab.scale().latency()).toSeconds(),
              RECORDS_PER_SECOND * warmUp.toSeconds())
          .latency();
    }
  }

  private static KafkaLoad load(long recordsPerSecond) {
    return new KafkaLoad(
        Settings.TOPIC,
        Settings.KIB,
        KafkaLoad.Payload.FROM_FILE,
        recordsPerSecond,
        Settings.KAFKA_PROMPT);
  }

  private static List<Row> rows(String who, String label, Target p99) {
    String id = "latency/" + who;
    return List.of(
        Row.plain(id + "-p50", label + ": p50", Unit.MILLISECONDS),
        new Row(id + "-p99", label + ": p99", Unit.MILLISECONDS, p99),
        Row.plain(id + "-p999", label + ": p99.9", Unit.MILLISECONDS));
  }

  private static Map<String, Double> samples(String who, Latency latency) {
    String id = "latency/" + who;
    return Map.of(
        id + "-p50", latency.p50(), id + "-p99", latency.p99(), id + "-p999", latency.p999());
  }
}
