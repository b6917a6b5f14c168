package dev.leat.ecosystem.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A cluster with a listener for Kafka's clients; each broker is a process that can be killed. */
public interface Cluster extends AutoCloseable {
  /** Brokers of a cluster that survives the death of one. */
  int BROKERS = 3;

  /** What clients are given. */
  String bootstrap();

  /** kill -9 of a broker, by number from 0; it is started again a moment later. */
  void killBroker(int number) throws IOException, InterruptedException;

  @Override
  void close();

  /** A new cluster of the broker that is tested: {@code -Decosystem.broker}. */
  static Cluster start(String name) throws IOException, InterruptedException {
    return start(name, "localhost");
  }

  /**
   * A new cluster of the broker that is tested.
   *
   * @param host that clients are told; of this machine
   */
  static Cluster start(String name, String host) throws IOException, InterruptedException {
    Path directory = directory(name);
    String broker = System.getProperty("ecosystem.broker", "leat");
    return switch (broker) {
      case "leat" -> new LeatCluster(directory, host);
      case "kafka" -> KafkaCluster.start(directory, host, BROKERS);
      default -> throw new IllegalArgumentException("there is no broker " + broker);
    };
  }

  /** Whether it is the real Kafka that runs, to see what that does. */
  static boolean isKafka() {
    return System.getProperty("ecosystem.broker", "leat").equals("kafka");
  }

  /** A new directory for what a test leaves. */
  static Path directory(String name) throws IOException {
    Path work = Path.of(System.getProperty("ecosystem.work", "target/work"));
    return Files.createTempDirectory(Files.createDirectories(work), name + "-");
  }
}
