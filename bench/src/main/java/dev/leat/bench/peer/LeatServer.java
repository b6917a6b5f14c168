package dev.leat.bench.peer;

import dev.leat.bench.lab.Lab;
import dev.leat.bench.process.Child;
import dev.leat.bench.process.Command;
import dev.leat.bench.process.FreePorts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A running {@code leat up}. */
public final class LeatServer implements Server {
  /** The first start may compile. */
  private static final Duration READY_LIMIT = Duration.ofMinutes(5);

  private static final Pattern KAFKA = Pattern.compile(".* kafka=(\\S+).*");

  private final String bootstrap;
  private final String kafkaBootstrap;
  private final Child process;

  private LeatServer(String bootstrap, String kafkaBootstrap, Child process) {
    this.bootstrap = bootstrap;
    this.kafkaBootstrap = kafkaBootstrap;
    this.process = process;
  }

  /** Starts a new cluster of one broker, and waits until it is ready. */
  public static LeatServer startNew(Lab lab) {
    return start(lab, lab.directory("leat"));
  }

  /** Starts a broker in a directory that may hold the data of an earlier one. */
  public static LeatServer start(Lab lab, Path directory) {
    int port = FreePorts.one();
    return start(lab, command(lab, directory, port), port);
  }

  /** The same with limits on its memory that win over those of the command. */
  public static LeatServer start(Lab lab, Path directory, String jvmOptions) {
    int port = FreePorts.one();
    return start(lab, command(lab, directory, port).with("LEAT_JAVA_OPTS", jvmOptions), port);
  }

  /** Starts a new cluster of several brokers, each a process of its own. */
  public static LeatServer startProcesses(Lab lab, int brokers) {
    int port = FreePorts.consecutive(brokers);
    List<String> more = List.of("--brokers", Integer.toString(brokers), "--processes");
    return start(lab, command(lab, lab.directory("leat"), port).plus(more), port);
  }

  @Override
  public Child process() {
    return process;
  }

  @Override
  public String bootstrap() {
    return bootstrap;
  }

  /** Host and port for Kafka clients. */
  public String kafkaBootstrap() {
    return kafkaBootstrap;
  }

  private static Command command(Lab lab, Path directory, int port) {
    List<String> words =
        List.of(
            lab.installation().leat().toString(),
            "up",
            "--dir",
            directory.toString(),
            "--grpc-port",
            Integer.toString(port),
            "--http-port",
            Integer.toString(FreePorts.one()),
            "--kafka-port",
            Integer.toString(FreePorts.one()));
    return Command.of(lab.workspace().log("leat-up"), words);
  }

  private static LeatServer start(Lab lab, Command command, int port) {
    Child process = lab.children().start(command);
    String ready = process.awaitLine("ready", READY_LIMIT, line -> line.startsWith("ready"));
    Matcher kafka = KAFKA.matcher(ready);
    return new LeatServer("127.0.0.1:" + port, kafka.matches() ? kafka.group(1) : "", process);
  }
}
