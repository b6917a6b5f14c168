package dev.leat.cli.restore;

import dev.leat.broker.journal.JournalException;
import dev.leat.broker.journal.LmdbJournal;
import dev.leat.cli.console.CommandFailedException;
import dev.leat.cli.console.Console;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code leat restore}: marks a broker's directory that was restored from a copy. */
@Command(
    name = "restore",
    description =
        "To be run on a broker's directory that was restored from a backup or a volume snapshot,"
            + " before the broker starts. What it holds is older than what its peers know, so it"
            + " takes part again under new names, and copies what it lacks from them.")
public final class RestoreCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(paramLabel = "DIR", description = "Directory of one broker: that with the segments.")
  private Path directory = Path.of("");

  @Option(
      names = "--accept-loss",
      description =
          "Groups of which this is the only replica go on with what is here. Records that were"
              + " acknowledged after the copy was made are lost.")
  private boolean acceptLoss;

  /** A command that talks to {@code console}. */
  public RestoreCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    try {
      LmdbJournal.markRestored(directory, acceptLoss);
    } catch (JournalException e) {
      throw new CommandFailedException(String.valueOf(e.getMessage()), e);
    }
    console.result(directory + ": marked as restored; start the broker");
    if (!acceptLoss) {
      console.hint(
          "groups without another replica stop at the start; they go on after"
              + " leat restore --accept-loss "
              + directory);
    }
    return 0;
  }
}
