package dev.leat.bench.lab;

import dev.leat.bench.process.MeasurementException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the programs are that a run starts.
 *
 * @param root the Leat repository
 * @param cache downloaded programs
 * @param kafkaVersion of the server
 * @param kafkaToolsVersion of the load clients
 */
public record Installation(Path root, Path cache, String kafkaVersion, String kafkaToolsVersion) {

  /** As {@code bench/run} says in system properties. */
  public static Installation fromProperties() {
    return new Installation(
        Path.of(property("leat.root")),
        Path.of(property("leat.bench.cache")),
        property("leat.kafka"),
        property("leat.kafka.tools"));
  }

  /** The command of Leat. */
  public Path leat() {
    return root.resolve("leat");
  }

  /** The Java that runs this program. */
  public Path java() {
    return Path.of(property("java.home"), "bin", "java");
  }

  /** Directory of the jars of the Kafka server. */
  public Path kafkaServer() {
    return cache.resolve("kafka-server-" + kafkaVersion);
  }

  /** Class path of the Kafka server. */
  public String kafkaServerPath() {
    return kafkaServer() + "/*";
  }

  /** Class path of Kafka's load clients; their Kafka classes are older than the server's. */
  public String kafkaToolsPath() {
    return cache.resolve("kafka-tools-" + kafkaToolsVersion) + "/*";
  }

  /** Class path of the programs of {@code ecosystem/}: Kafka Streams, Connect, MirrorMaker. */
  public String programsPath() {
    return read("programs.class-path");
  }

  /** Class path of the job of Flink. */
  public String flinkPath() {
    return read("flink.class-path");
  }

  private String read(String name) {
    Path file = root.resolve("bench/target").resolve(name);
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new MeasurementException(file + " is missing: use bench/ecosystem, which makes it", e);
    }
  }

  /** The NATS server. */
  public Path natsServer() {
    return cache.resolve("nats/nats-server");
  }

  /** The command of NATS. */
  public Path nats() {
    return cache.resolve("nats/nats");
  }

  private static String property(String name) {
    String value = System.getProperty(name);
    if (value == null) {
      throw new IllegalStateException("system property " + name + " is missing: use bench/run");
    }
    return value;
  }
}
