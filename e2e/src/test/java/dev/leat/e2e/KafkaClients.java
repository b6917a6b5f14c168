package dev.leat.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Kafka's own clients, outside of the Kubernetes cluster. */
final class KafkaClients implements AutoCloseable {
  /** Where JVMs with {@code jdk.net.hosts.file} look up names. */
  private static final Path HOSTS = Path.of(System.getProperty("jdk.net.hosts.file"));

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final List<Process> forwards = new ArrayList<>();
  private final String bootstrap;

  /** By an external listener, whose addresses can be reached from here. */
  KafkaClients(String bootstrap) {
    this.bootstrap = bootstrap;
  }

  /**
   * By the internal listener: each broker is reached by a port-forward at a loopback address of its
   * own, which this JVM takes for the broker's name as clients inside are told it.
   */
  KafkaClients(int brokers, int port) throws IOException {
    StringBuilder hosts = new StringBuilder("127.0.0.1 localhost\n");
    for (int id = 0; id < brokers; id++) {
      String pod = Kubernetes.CLUSTER + "-" + id;
      String address = "127.0.0." + (101 + id);
      hosts.append("%s %s.main-brokers.%s.svc%n".formatted(address, pod, Kubernetes.HOME));
      forwards.add(
          new ProcessBuilder(
                  "kubectl",
                  "-n",
                  Kubernetes.HOME,
                  "port-forward",
                  "--address",
                  address,
                  "pod/" + pod,
                  port + ":" + port)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start());
      Kubernetes.await("a port-forward to " + pod, LIMIT, () -> accepts(address, port));
    }
    Files.writeString(HOSTS, hosts);
    bootstrap = "main-0.main-brokers." + Kubernetes.HOME + ".svc:" + port;
  }

  private static boolean accepts(String address, int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, port), 1_000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Returns when all values are acknowledged. */
  void produce(String topic, List<String> values) {
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrap, "acks", "all"),
            new StringSerializer(),
            new StringSerializer())) {
      for (String value : values) {
        producer.send(new ProducerRecord<>(topic, value)).get();
      }
    } catch (ExecutionException e) {
      throw new AssertionError("a record was not acknowledged", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** What a new group reads, until {@code count} values have come. */
  Set<String> consume(String topic, String group, int count) {
    try (KafkaConsumer<String, String> member = member(group)) {
      member.subscribe(List.of(topic));
      return poll(member, count);
    }
  }

  /** A member of a group, which reads from the beginning what the group has not read. */
  KafkaConsumer<String, String> member(String group) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", bootstrap);
    settings.put("group.id", group);
    settings.put("auto.offset.reset", "earliest");
    return new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
  }

  /** What it reads, until {@code count} values have come or too much time has passed. */
  static Set<String> poll(KafkaConsumer<String, String> member, int count) {
    Set<String> values = new HashSet<>();
    long end = System.nanoTime() + LIMIT.toNanos();
    while (values.size() < count && System.nanoTime() < end) {
      for (ConsumerRecord<String, String> each : member.poll(Duration.ofMillis(500))) {
        values.add(each.value());
      }
    }
    return values;
  }

  /** Administers, by Kafka's own client. */
  Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", bootstrap));
  }

  @Override
  public void close() {
    forwards.forEach(Process::destroy);
    try {
      Files.deleteIfExists(HOSTS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
