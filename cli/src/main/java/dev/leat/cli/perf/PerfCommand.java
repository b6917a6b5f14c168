package dev.leat.cli.perf;

import dev.leat.cli.console.Console;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code leat perf}. */
@Command(name = "perf", description = "Measures how fast a cluster produces and consumes.")
public final class PerfCommand {
  private PerfCommand() {}

  /** The command with its subcommands. */
  public static CommandLine tree(Console console) {
    return new CommandLine(new PerfCommand())
        .addSubcommand(new PerfProduceCommand(console))
        .addSubcommand(new PerfConsumeCommand(console));
  }
}
