package dev.leat.ecosystem.lab;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;

/** Apache Kafka as it comes: nodes that are broker and controller, in KRaft mode. */
public final class KafkaCluster implements Cluster {
  private static final Duration FORMAT_LIMIT = Duration.ofMinutes(1);
  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final int ANSWER_LIMIT_S = 10;

  /** How long {@code leat up} waits before it starts a broker again, too. */
  private static final int RESTART_MS = 100;

  private final Path directory;
  private final String host;
  private final int size;
  private final List<Integer> ports;
  private final Jvm jvm;
  private final List<Child> nodes = new ArrayList<>();

  private KafkaCluster(Path directory, String host, int size) throws IOException {
    this.directory = directory;
    this.host = host;
    this.size = size;
    this.ports = freePorts(2 * size);
    String file = System.getProperty("ecosystem.kafka.classpath");
    if (file == null) {
      throw new IllegalStateException("-Decosystem.kafka.classpath=FILE is missing");
    }
    this.jvm = Jvm.here().classPath(Files.readString(Path.of(file)).trim());
  }

  /** A new cluster of so many nodes. */
  public static KafkaCluster start(Path directory, int size)
      throws IOException, InterruptedException {
    return start(directory, "127.0.0.1", size);
  }

  static KafkaCluster start(Path directory, String host, int size)
      throws IOException, InterruptedException {
    KafkaCluster cluster = new KafkaCluster(directory, host, size);
    String id = Uuid.randomUuid().toString();
    for (int number = 0; number < size; number++) {
      Path properties = cluster.configure(number);
      Child format =
          Child.java(
              directory,
              "format",
              cluster.jvm,
              "kafka.tools.StorageTool",
              List.of("format", "-t", id, "-c", properties.toString()));
      if (format.join(FORMAT_LIMIT) != 0) {
        throw new AssertionError("Kafka's storage could not be formatted, see " + directory);
      }
    }
    for (int number = 0; number < size; number++) {
      cluster.nodes.add(cluster.launch(number));
    }
    cluster.awaitAll();
    return cluster;
  }

  private Path configure(int number) throws IOException {
    String voters =
        IntStream.range(0, size)
            .mapToObj(node -> node + "@" + controller(node))
            .collect(Collectors.joining(","));
    String replicas = Integer.toString(size);
    Map<String, String> properties =
        Map.ofEntries(
            Map.entry("process.roles", "broker,controller"),
            Map.entry("node.id", Integer.toString(number)),
            Map.entry("controller.quorum.voters", voters),
            Map.entry("controller.listener.names", "CONTROLLER"),
            Map.entry(
                "listeners",
                "PLAINTEXT://" + broker(number) + ",CONTROLLER://" + controller(number)),
            Map.entry("listener.security.protocol.map", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT"),
            Map.entry("log.dirs", directory.resolve("node-" + number).toString()),
            Map.entry("default.replication.factor", replicas),
            Map.entry("offsets.topic.replication.factor", replicas),
            Map.entry("transaction.state.log.replication.factor", replicas),
            Map.entry("transaction.state.log.min.isr", size == 1 ? "1" : "2"),
            Map.entry("min.insync.replicas", size == 1 ? "1" : "2"));
    Path file = directory.resolve("node-" + number + ".properties");
    Files.write(
        file, properties.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList());
    return file;
  }

  private Child launch(int number) throws IOException {
    Path properties = directory.resolve("node-" + number + ".properties");
    return Child.java(
        directory, "kafka-" + number, jvm, "kafka.Kafka", List.of(properties.toString()));
  }

  private void awaitAll() throws InterruptedException {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap()))) {
      Await.until(
          "all nodes of Kafka are up",
          START_LIMIT,
          () ->
              admin.describeCluster().nodes().get(ANSWER_LIMIT_S, TimeUnit.SECONDS).size() == size);
    }
  }

  private String broker(int number) {
    return host + ":" + ports.get(2 * number);
  }

  private String controller(int number) {
    return "127.0.0.1:" + ports.get(2 * number + 1);
  }

  @Override
  public String bootstrap() {
    return IntStream.range(0, size).mapToObj(this::broker).collect(Collectors.joining(","));
  }

  @Override
  public void killBroker(int number) throws IOException, InterruptedException {
    nodes.get(number).kill();
    TimeUnit.MILLISECONDS.sleep(RESTART_MS);
    nodes.set(number, launch(number));
  }

  @Override
  public void close() {
    for (Child node : nodes) {
      try {
        node.kill();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      return sockets.stream().map(ServerSocket::getLocalPort).toList();
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
  }
}
