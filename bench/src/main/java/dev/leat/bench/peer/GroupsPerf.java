package dev.leat.bench.peer;

import dev.leat.bench.lab.Lab;
import dev.leat.bench.load.GroupsLoad;
import dev.leat.bench.process.Child;
import dev.leat.bench.process.Command;
import dev.leat.bench.process.ProcessorTime;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Very many consumer groups, in a process of our own group client. */
public final class GroupsPerf {
  private static final int GROUPS = 1_000;
  private static final int MEMBERS = 3;
  private static final String TOPIC = "bench-groups";
  private static final int PARTITIONS = 6;

  /** Groups that are joined by one more. */
  private static final int JOINS = 100;

  private static final Duration LIMIT = Duration.ofMinutes(5);

  private GroupsPerf() {}

  /**
   * What it took.
   *
   * @param joinSeconds until all members of all groups had their share
   * @param cores processors that the broker used meanwhile, for heartbeats only
   * @param beatsPerSecond heartbeats
   * @param rebalanceP50Ms until a group that one more joined had settled
   * @param rebalanceP99Ms the same
   */
  public record Result(
      double joinSeconds,
      double cores,
      double beatsPerSecond,
      double rebalanceP50Ms,
      double rebalanceP99Ms) {}

  /** How members and coordinator talk. */
  public enum Protocol {
    /** All join, one of them assigns. */
    CLASSIC,
    /** KIP-848: the broker assigns. */
    CONSUMER
  }

  /** Runs them against a new broker. */
  public static Result run(Lab lab, Server server, String bootstrap, Protocol protocol) {
    try (KafkaAdmin admin = new KafkaAdmin(bootstrap)) {
      admin.create(List.of(TOPIC), PARTITIONS, Map.of());
    }
    lab.settle();
    Duration steady = lab.scale().latency();
    Child load = lab.children().start(command(lab, bootstrap, protocol, steady));
    double joined = number(load, "joined");
    load.awaitLine("steady", LIMIT, line -> line.startsWith("steady"));
    double before = ProcessorTime.seconds(server.process().tree());
    long begin = System.nanoTime();
    double beats = number(load, "beaten");
    double seconds = (System.nanoTime() - begin) / 1e9;
    double used = ProcessorTime.seconds(server.process().tree()) - before;
    String[] rebalanced = load.awaitSuccess(LIMIT).getLast().split(" ");
    return new Result(
        joined,
        used / seconds,
        beats,
        Double.parseDouble(rebalanced[1]),
        Double.parseDouble(rebalanced[2]));
  }

  private static Command command(Lab lab, String bootstrap, Protocol protocol, Duration steady) {
    List<String> words =
        List.of(
            lab.installation().java().toString(),
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
            "-cp",
            System.getProperty("java.class.path"),
            GroupsLoad.class.getName(),
            protocol.name().toLowerCase(Locale.ROOT),
            bootstrap,
            TOPIC,
            Integer.toString(PARTITIONS),
            Integer.toString(GROUPS),
            Integer.toString(MEMBERS),
            Long.toString(steady.toSeconds()),
            Integer.toString(JOINS));
    return Command.of(lab.workspace().log("groups-load"), words);
  }

  private static double number(Child load, String word) {
    String line = load.awaitLine(word, LIMIT, each -> each.startsWith(word + " "));
    return Double.parseDouble(line.split(" ")[1]);
  }
}
