package dev.leat.bench.figure;

import dev.leat.bench.lab.Lab;
import dev.leat.bench.peer.KafkaAdmin;
import dev.leat.bench.peer.KafkaLoad;
import dev.leat.bench.peer.KafkaNode;
import dev.leat.bench.peer.KafkaPerf;
import dev.leat.bench.peer.KafkaServer;
import dev.leat.bench.peer.LeatCommand;
import dev.leat.bench.peer.LeatServer;
import dev.leat.bench.peer.NatsBench;
import dev.leat.bench.peer.NatsServer;
import dev.leat.bench.peer.Server;
import dev.leat.bench.process.Await;
import dev.leat.bench.process.ResidentMemory;
import dev.leat.bench.report.Row;
import dev.leat.bench.report.Target;
import dev.leat.bench.report.Unit;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** How long a start takes, and how much memory an idle server holds. */
final class Start {
  private static final double START_MAX_SECONDS = 1.5;
  private static final double IDLE_MAX_MIB = 250;
  private static final double BYTES_PER_MIB = 1 << 20;

  /** How long a server idles before its memory is counted. */
  private static final Duration IDLE = Duration.ofSeconds(10);

  /** What the server finds when it starts: 100 MiB in 64 partitions. */
  private static final long STORED_RECORDS = 100 << 10;

  private static final String LEAT = "start/leat";

  private Start() {}

  static Figure figure() {
    return new Figure(
        "start",
        "Start on 100 MiB in 64 partitions with warm files; resident memory 10 s later",
        List.of(
            new Contestant(
                "Leat",
                List.of(
                    new Row(
                        LEAT,
                        "Leat: leat up to ready",
                        Unit.SECONDS,
                        new Target.AtMost(START_MAX_SECONDS)),
                    new Row(
                        memory("leat"),
                        "Leat, all processes: idle memory",
                        Unit.MEBIBYTES,
                        new Target.AtMost(IDLE_MAX_MIB))),
                Start::leat),
            new Contestant("Kafka", rows("kafka", "Kafka, 1 GiB heap"), Start::kafka),
            new Contestant("NATS", rows("nats", "NATS"), Start::nats)));
  }

  private static List<Row> rows(String who, String label) {
    return List.of(
        new Row("start/" + who, label + ": start to ready", Unit.SECONDS, new Target.Shown(LEAT)),
        new Row(
            memory(who),
            label + ": idle memory",
            Unit.MEBIBYTES,
            new Target.Shown(memory("leat"))));
  }

  private static String memory(String who) {
    return "start/" + who + "-memory";
  }

  private static Map<String, Double> leat(Lab lab) {
    Path directory = lab.directory("leat");
    try (LeatServer server = LeatServer.start(lab, directory)) {
      LeatCommand command = new LeatCommand(lab, server.bootstrap());
      command.createTopic(Settings.TOPIC, Settings.PARTITIONS, List.of());
      command.produce(
          Settings.TOPIC, Settings.KIB, List.of("--records", Long.toString(STORED_RECORDS)));
    }
    return measure(lab, "leat", () -> LeatServer.start(lab, directory));
  }

  private static Map<String, Double> kafka(Lab lab) {
    KafkaLoad load =
        new KafkaLoad(
            Settings.TOPIC, Settings.KIB, KafkaLoad.Payload.FROM_FILE, -1, Settings.KAFKA_TUNED);
    KafkaNode node = KafkaServer.cluster(lab, 1, Map.of()).getFirst();
    try (KafkaServer server = KafkaServer.start(lab, node);
        KafkaAdmin admin = new KafkaAdmin(server.bootstrap())) {
      admin.create(List.of(Settings.TOPIC), Settings.PARTITIONS, Settings.UNSYNCED);
      new KafkaPerf(lab, server.bootstrap()).produce(load, STORED_RECORDS, 1);
    }
    return measure(lab, "kafka", () -> KafkaServer.start(lab, node));
  }

  private static Map<String, Double> nats(Lab lab) {
    Path directory = lab.directory("nats");
    Supplier<Server> start = () -> NatsServer.start(lab, directory, NatsServer.Sync.DEFAULT);
    try (Server server = start.get()) {
      new NatsBench(lab, server.bootstrap())
          .publish(new NatsBench.Load(1, 1, Settings.KIB), STORED_RECORDS);
    }
    return measure(lab, "nats", start);
  }

  /** Starts with the data and the warm files that the caller left. */
  private static Map<String, Double> measure(Lab lab, String who, Supplier<Server> start) {
    lab.settle();
    long begin = System.nanoTime();
    try (Server server = start.get()) {
      double seconds = (System.nanoTime() - begin) / 1e9;
      Await.pause(IDLE);
      double mebibytes = ResidentMemory.bytes(server.process().tree()) / BYTES_PER_MIB;
      return Map.of("start/" + who, seconds, memory(who), mebibytes);
    }
  }
}
