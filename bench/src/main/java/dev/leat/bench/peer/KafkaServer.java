package dev.leat.bench.peer;

import dev.leat.bench.lab.Lab;
import dev.leat.bench.process.Child;
import dev.leat.bench.process.Command;
import dev.leat.bench.process.FreePorts;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A running Kafka broker in KRaft mode. */
public final class KafkaServer implements Server {
  /** Heap and collector as Kafka's own start scripts set them for a broker. */
  private static final List<String> JVM_OPTIONS =
      List.of(
          "-Xmx1G",
          "-Xms1G",
          "-server",
          "-XX:+UseG1GC",
          "-XX:MaxGCPauseMillis=20",
          "-XX:InitiatingHeapOccupancyPercent=35",
          "-XX:+ExplicitGCInvokesConcurrent",
          "-Djava.awt.headless=true",
          "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");

  private static final Duration FORMAT_LIMIT = Duration.ofSeconds(60);
  private static final Duration READY_LIMIT = Duration.ofSeconds(120);

  private final KafkaNode node;
  private final Child process;

  private KafkaServer(KafkaNode node, Child process) {
    this.node = node;
    this.process = process;
  }

  /** Starts a new cluster of one node, and waits until it answers. */
  public static KafkaServer startNew(Lab lab, Map<String, String> overrides) {
    KafkaNode node = cluster(lab, 1, overrides).getFirst();
    return start(lab, node);
  }

  /** Configures and formats the nodes of a new cluster, all on this machine. */
  public static List<KafkaNode> cluster(Lab lab, int size, Map<String, String> overrides) {
    List<Integer> ports = FreePorts.some(2 * size);
    List<KafkaNode> nodes = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      nodes.add(
          new KafkaNode(i + 1, ports.get(2 * i), ports.get(2 * i + 1), lab.directory("kafka")));
    }
    String clusterId = randomId();
    for (KafkaNode node : nodes) {
      node.configure(nodes, overrides);
      lab.run("kafka-format", format(lab, node, clusterId), FORMAT_LIMIT);
    }
    return nodes;
  }

  /** Starts a formatted node, and waits until it answers. */
  public static KafkaServer start(Lab lab, KafkaNode node) {
    KafkaServer server = launch(lab, node);
    try {
      KafkaAdmin.awaitAnswer(node.bootstrap(), server.process, READY_LIMIT);
      return server;
    } catch (RuntimeException e) {
      server.process.kill();
      throw e;
    }
  }

  /** Starts a formatted node without waiting. */
  public static KafkaServer launch(Lab lab, KafkaNode node) {
    List<String> words = java(lab, JVM_OPTIONS, lab.installation().kafkaServerPath());
    words.addAll(List.of("kafka.Kafka", node.configuration().toString()));
    Command command =
        Command.of(lab.workspace().log("kafka-server"), words)
            .with(Command.Output.LINES_AND_ERRORS);
    return new KafkaServer(node, lab.children().start(command));
  }

  @Override
  public Child process() {
    return process;
  }

  @Override
  public String bootstrap() {
    return node.bootstrap();
  }

  /** The node that runs. */
  public KafkaNode node() {
    return node;
  }

  static List<String> java(Lab lab, List<String> options, String classPath) {
    if (!Files.isDirectory(lab.installation().kafkaServer())) {
      throw new IllegalStateException("Kafka is missing: use bench/run, which downloads it");
    }
    List<String> words = new ArrayList<>();
    words.add(lab.installation().java().toString());
    words.addAll(options);
    words.addAll(List.of("-cp", classPath));
    return words;
  }

  private static List<String> format(Lab lab, KafkaNode node, String clusterId) {
    List<String> words = java(lab, List.of(), lab.installation().kafkaServerPath());
    words.addAll(List.of("kafka.tools.StorageTool", "format"));
    // In one word: an id may begin with a dash.
    words.add("--cluster-id=" + clusterId);
    words.addAll(List.of("-c", node.configuration().toString()));
    return words;
  }

  /** 16 random bytes as Kafka writes ids. */
  private static String randomId() {
    UUID id = UUID.randomUUID();
    ByteBuffer bytes = ByteBuffer.allocate(2 * Long.BYTES);
    bytes.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
  }
}
