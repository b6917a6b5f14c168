package dev.leat.ecosystem.lab;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code leat up --brokers 3 --processes}, as a person starts it. */
final class LeatCluster implements Cluster {
  private static final Duration START_LIMIT = Duration.ofMinutes(5);
  private static final Duration STATUS_LIMIT = Duration.ofMinutes(1);
  private static final Pattern READY = Pattern.compile("grpc=(\\S+) kafka=(\\S+) .*");

  private final Path directory;
  private final String leat;
  private final Child up;
  private final String grpc;
  private final String bootstrap;

  LeatCluster(Path directory, String host) throws IOException, InterruptedException {
    this.directory = directory;
    leat = Path.of(System.getProperty("ecosystem.home", ".."), "leat").toString();
    List<String> command =
        List.of(
            leat,
            "up",
            "--brokers",
            Integer.toString(BROKERS),
            "--processes",
            "--host",
            host,
            "--dir",
            directory.resolve("data").toString(),
            "--grpc-port",
            "0",
            "--http-port",
            "0",
            "--kafka-port",
            "0");
    up = Child.start(directory, "leat", command);
    Matcher ready = READY.matcher(up.await("ready", START_LIMIT));
    if (!ready.matches()) {
      throw new AssertionError("leat does not say where Kafka's clients are served");
    }
    grpc = ready.group(1);
    bootstrap = ready.group(2);
  }

  @Override
  public String bootstrap() {
    return bootstrap;
  }

  /** {@code up} starts again what dies. */
  @Override
  public void killBroker(int number) throws IOException, InterruptedException {
    Child status =
        Child.start(
            directory, "status", List.of(leat, "cluster", "status", "--json", "--bootstrap", grpc));
    status.join(STATUS_LIMIT);
    Pattern pid = Pattern.compile("\"id\":" + number + ",\"state\":\"[A-Z]+\",\"pid\":(\\d+)");
    Matcher found = pid.matcher(String.join("", status.lines()));
    if (!found.find()) {
      throw new AssertionError("broker " + number + " does not run");
    }
    ProcessHandle.of(Long.parseLong(found.group(1))).ifPresent(ProcessHandle::destroyForcibly);
  }

  @Override
  public void close() {
    up.close();
  }
}
