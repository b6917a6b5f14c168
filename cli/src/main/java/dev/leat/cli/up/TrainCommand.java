package dev.leat.cli.up;

import dev.leat.broker.server.ListenerLimits;
import dev.leat.broker.server.ListenerPlugin;
import dev.leat.cli.console.CommandFailedException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Goes once through what users do most, so that the JVM can record in an AOT cache what that needs.
 * The build of {@code ./leat} runs it.
 */
@Command(name = "train", hidden = true, description = "Makes the next starts faster.")
public final class TrainCommand implements Callable<Integer> {
  private static final String ANY_HOST = "localhost";
  private static final String TOPIC = "train";

  private static final List<String> COMMANDS =
      List.of(
          "topic create train --partitions 2 --retention 1d --retention-size 1Gi",
          "topic create keyed --config max.message.bytes=100000 --json",
          "produce train",
          "perf produce train --records 20000 --size 100",
          "perf produce keyed --records 2000 --size 1000 --rate 2000 --json",
          "consume train --from-beginning --exit-at-end --max 1000",
          "consume keyed --from-beginning --max 100 --format kv",
          "consume keyed --partition 0 --offset 5 --max 100 --format json",
          "perf consume train",
          "topic alter train --partitions 3",
          "topic list",
          "topic list --json",
          "topic describe train",
          "topic describe train --json",
          "topic describe missing",
          "topic delete keyed",
          "cluster status",
          "cluster status --json");

  private final Consumer<String[]> runCommand;

  @Option(names = "--dir", required = true, description = "A directory for the brokers.")
  private Path directory = Path.of("");

  /**
   * A training.
   *
   * @param runCommand runs a command line
   */
  public TrainCommand(Consumer<String[]> runCommand) {
    this.runCommand = runCommand;
  }

  @Override
  public Integer call() throws InterruptedException {
    LocalCluster.Settings settings =
        new LocalCluster.Settings(
            directory,
            1,
            false,
            ANY_HOST,
            0,
            0,
            0,
            false,
            0,
            List.of(),
            ListenerLimits.DEFAULT,
            List.of());
    try (LocalCluster cluster = LocalCluster.start(settings)) {
      cluster.awaitReady();
      for (String command : COMMANDS) {
        String line = command + " --bootstrap " + cluster.bootstrap();
        runCommand.accept(line.split(" "));
      }
      trainKafka(cluster);
    }
    return 0;
  }

  private static void trainKafka(LocalCluster cluster) {
    ListenerPlugin.find()
        .ifPresent(
            plugin -> {
              try {
                plugin.train(new InetSocketAddress(ANY_HOST, cluster.kafkaPort()), TOPIC);
              } catch (IOException e) {
                throw new CommandFailedException("the Kafka listener does not answer: " + e, e);
              }
            });
  }
}
