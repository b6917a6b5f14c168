package dev.leat.cli.cluster;

import dev.leat.cli.console.Console;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code leat cluster}. */
@Command(name = "cluster", description = "Shows the cluster, and recovers what it has lost.")
public final class ClusterCommand {
  private ClusterCommand() {}

  /** The command with its subcommands. */
  public static CommandLine tree(Console console) {
    return new CommandLine(new ClusterCommand())
        .addSubcommand(new StatusCommand(console))
        .addSubcommand(new RecoverCommand(console));
  }
}
