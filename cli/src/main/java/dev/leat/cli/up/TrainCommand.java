package dev.leat.cli.up;

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
        new LocalCluster.Settings(directory, 1, ANY_HOST, 0, 0, List.of());
    try (LocalCluster cluster = LocalCluster.start(settings)) {
      cluster.awaitReady();
      runCommand.accept(new String[] {"cluster", "status", "--bootstrap", cluster.bootstrap()});
    }
    return 0;
  }
}
