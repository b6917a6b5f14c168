package dev.leat.cli.up;

import dev.leat.broker.server.Logging;
import dev.leat.cli.console.CommandFailedException;
import dev.leat.cli.console.Console;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code leat up}: runs a cluster until it is told to stop. */
@Command(
    name = "up",
    description = "Runs brokers on this machine; Ctrl-C stops them, the same --dir continues.")
public final class UpCommand implements Callable<Integer> {
  private final Console console;

  @Option(names = "--brokers", paramLabel = "N", description = "Number of brokers. Default: 1.")
  private @Nullable Integer brokers;

  @Option(names = "--processes", description = "One process for each broker.")
  private boolean processes;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "Where everything is kept. Default: ${DEFAULT-VALUE}.",
      defaultValue = "${env:LEAT_DIR:-leat-data}")
  private Path directory = Path.of("leat-data");

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      description = "Address to listen on. Default: ${DEFAULT-VALUE}, this machine only.",
      defaultValue = "localhost")
  private String host = "localhost";

  @Option(
      names = "--grpc-port",
      paramLabel = "PORT",
      description = "Port of broker 0 for gRPC; 0: any free one. Default: ${DEFAULT-VALUE}.",
      defaultValue = "9190")
  private int grpcPort;

  @Option(
      names = "--peer-port",
      hidden = true,
      description = "Port at which brokers find broker 0; others' follow. Default: --grpc-port.")
  private int peerPort;

  @Option(
      names = "--kafka-port",
      paramLabel = "PORT",
      description = "Port of broker 0 for Kafka clients; 0: any free one. Default: 9092 if free.")
  private @Nullable Integer kafkaPort;

  @Option(
      names = "--kafka-auto-create",
      description = "A Kafka client creates a topic by asking for it. Default: it must exist.")
  private boolean autoCreateTopics;

  @Option(
      names = "--http-port",
      paramLabel = "PORT",
      description = "Port of broker 0 for /metrics, /livez and /readyz. Default: 9490 if free.")
  private @Nullable Integer httpPort;

  @Option(
      names = "--zones",
      paramLabel = "ZONE",
      split = ",",
      description =
          "Zones of brokers 0, 1, ...; from the first again when they are used up. Default: none.")
  private List<String> zones = List.of();

  @Mixin private LimitOptions limits = new LimitOptions();

  @Option(
      names = {"-f", "--filename"},
      paramLabel = "FILE",
      description = "Applies the Cluster and Topics in a YAML file, or in those of a directory.")
  private List<Path> files = List.of();

  /** A command that talks to {@code console}. */
  public UpCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    Logging.install();
    LocalCluster.Settings settings =
        new LocalCluster.Settings(
            directory,
            brokers,
            processes,
            host,
            grpcPort,
            peerPort,
            kafkaPort,
            autoCreateTopics,
            httpPort,
            zones,
            limits.limits(),
            new ManifestFiles().read(files));
    UpShutdown shutdown = UpShutdown.install(console);
    try (LocalCluster cluster = shutdown.own(LocalCluster.start(settings))) {
      hints(cluster);
      cluster.awaitReady();
      cluster.refusedTopics().forEach(line -> console.hint("leat: " + line));
      console.result(cluster.readyLine() + " seconds=" + secondsSinceStart());
      console.flush();
      CommandFailedException failure = cluster.keep();
      shutdown.release();
      throw failure;
    }
  }

  private void hints(LocalCluster cluster) {
    if (cluster.isWithoutKafka()) {
      console.hint(
          "leat: port 9092 is taken, so Kafka clients are not served; choose another --kafka-port");
    }
    if (!host.equals("localhost") && !host.startsWith("127.")) {
      console.hint(
          "leat: everybody who reaches %s can read and write: there is no authentication yet"
              .formatted(host));
    }
  }

  private static String secondsSinceStart() {
    return ProcessHandle.current()
        .info()
        .startInstant()
        .map(start -> Duration.between(start, Instant.now()).toMillis() / 1000.0)
        .map("%.2f"::formatted)
        .orElse("?");
  }
}
