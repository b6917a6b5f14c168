package dev.leat.cli.topic;

import dev.leat.cli.console.Console;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code leat topic}. */
@Command(name = "topic", description = "Creates, lists, describes, changes and deletes topics.")
public final class TopicCommand {
  private TopicCommand() {}

  /** The command with its subcommands. */
  public static CommandLine tree(Console console) {
    return new CommandLine(new TopicCommand())
        .addSubcommand(new CreateCommand(console))
        .addSubcommand(new ListCommand(console))
        .addSubcommand(new DescribeCommand(console))
        .addSubcommand(new AlterCommand(console))
        .addSubcommand(new DeleteCommand(console))
        .addSubcommand(new DeleteRecordsCommand(console));
  }
}
