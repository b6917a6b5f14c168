package dev.leat.cli.group;

import dev.leat.cli.console.Console;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code leat group}. */
@Command(name = "group", description = "Lists, describes, resets and deletes consumer groups.")
public final class GroupCommand {
  private GroupCommand() {}

  /** The command with its subcommands. */
  public static CommandLine tree(Console console) {
    return new CommandLine(new GroupCommand())
        .addSubcommand(new ListCommand(console))
        .addSubcommand(new DescribeCommand(console))
        .addSubcommand(new ResetCommand(console))
        .addSubcommand(new DeleteCommand(console));
  }
}
