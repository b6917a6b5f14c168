package dev.leat.ecosystem.connect;

import dev.leat.ecosystem.lab.Await;
import dev.leat.ecosystem.lab.Child;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A distributed worker of Kafka Connect: a process, which can be killed and started again. */
final class Worker implements AutoCloseable {
  static final String CONFIGS = "connect-configs";
  static final String OFFSETS = "connect-offsets";
  static final String STATUS = "connect-status";

  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);
  private static final int FIRST_ERROR = 300;
  private static final Pattern STATE = Pattern.compile("\"state\":\"([A-Z]+)\"");

  private final Path directory;
  private final String address;
  private final HttpClient http = HttpClient.newHttpClient();
  private Child child;

  /**
   * Starts it, as its quick start says.
   *
   * @param overrides of its configuration
   */
  Worker(Path directory, String bootstrap, Map<String, String> overrides) throws Exception {
    this.directory = directory;
    this.address = "http://127.0.0.1:" + freePort();
    Map<String, String> properties = new TreeMap<>(defaults());
    properties.put("bootstrap.servers", bootstrap);
    properties.put("listeners", address);
    properties.putAll(overrides);
    Files.write(
        directory.resolve("worker.properties"),
        properties.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList());
    start();
  }

  /** A dead worker is noticed soon, and its tasks are given to others at once. */
  private static Map<String, String> defaults() {
    return Map.ofEntries(
        Map.entry("group.id", "connect"),
        Map.entry("config.storage.topic", CONFIGS),
        Map.entry("offset.storage.topic", OFFSETS),
        Map.entry("status.storage.topic", STATUS),
        Map.entry("key.converter", "org.apache.kafka.connect.storage.StringConverter"),
        Map.entry("value.converter", "org.apache.kafka.connect.storage.StringConverter"),
        Map.entry("exactly.once.source.support", "enabled"),
        Map.entry("consumer.isolation.level", "read_committed"),
        Map.entry("offset.flush.interval.ms", "1000"),
        Map.entry("session.timeout.ms", "6000"),
        Map.entry("heartbeat.interval.ms", "1000"),
        Map.entry("consumer.session.timeout.ms", "6000"),
        Map.entry("consumer.heartbeat.interval.ms", "1000"),
        Map.entry("scheduled.rebalance.max.delay.ms", "0"),
        Map.entry("plugin.discovery", "service_load"));
  }

  /** Starts it; returns when it answers. */
  void start() throws IOException, InterruptedException {
    child =
        Child.java(
            directory,
            "worker",
            "org.apache.kafka.connect.cli.ConnectDistributed",
            List.of(directory.resolve("worker.properties").toString()));
    Child started = child;
    Await.until(
        "the worker answers, see " + directory,
        START_LIMIT,
        () -> !started.isAlive() || get("/connectors").startsWith("["));
    if (!started.isAlive()) {
      throw new AssertionError("the worker ended at its start, see " + directory);
    }
  }

  void kill() throws InterruptedException {
    child.kill();
  }

  /** Creates a connector, or gives it another configuration. */
  void put(String connector, Map<String, String> config) throws InterruptedException {
    Await.until(
        "connector " + connector + " is taken",
        START_LIMIT,
        () -> {
          HttpRequest.Builder request =
              request("/connectors/" + connector + "/config")
                  .header("Content-Type", "application/json")
                  .PUT(BodyPublishers.ofString(json(config)));
          return !send(request).isEmpty();
        });
  }

  /** No name or value has a character that JSON writes differently. */
  private static String json(Map<String, String> config) {
    return config.entrySet().stream()
        .map(entry -> "\"%s\":\"%s\"".formatted(entry.getKey(), entry.getValue()))
        .collect(Collectors.joining(",", "{", "}"));
  }

  /** Waits until a connector and its only task run. */
  void awaitRunning(String connector) throws InterruptedException {
    Await.until(
        connector + " runs, see " + directory,
        START_LIMIT,
        () -> {
          String status = get("/connectors/" + connector + "/status");
          List<String> states =
              STATE.matcher(status).results().map(state -> state.group(1)).toList();
          if (!states.equals(List.of("RUNNING", "RUNNING"))) {
            throw new IOException(status);
          }
          return true;
        });
  }

  private String get(String path) throws IOException, InterruptedException {
    return send(request(path));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(address + path)).timeout(ANSWER_LIMIT);
  }

  private String send(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<String> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() >= FIRST_ERROR) {
      throw new IOException(response.statusCode() + ": " + response.body());
    }
    return response.body();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    child.close();
    http.close();
  }
}
