package dev.leat.cli;

import dev.leat.cli.cluster.ClusterCommand;
import dev.leat.cli.console.Console;
import dev.leat.cli.group.GroupCommand;
import dev.leat.cli.perf.PerfCommand;
import dev.leat.cli.records.ConsumeCommand;
import dev.leat.cli.records.ProduceCommand;
import dev.leat.cli.topic.TopicCommand;
import dev.leat.cli.up.TrainCommand;
import dev.leat.cli.up.UpCommand;
import dev.leat.cli.verify.VerifyCommand;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;

/** All commands. */
public final class CommandTree {
  private CommandTree() {}

  @Command(
      name = "leat",
      description = "Leat, an event-streaming broker.",
      synopsisSubcommandLabel = "COMMAND")
  private static final class Root {}

  /**
   * Runs a command.
   *
   * @return exit status: 0 done, 1 failed, 2 wrong usage
   */
  public static int run(Console console, String... args) {
    Failures failures = new Failures(console);
    CommandLine tree = build(console);
    withHelp(tree);
    tree.setExecutionExceptionHandler((e, command, given) -> failures.failed(e))
        .setParameterExceptionHandler((e, given) -> failures.misused(e))
        .setColorScheme(Help.defaultColorScheme(Ansi.OFF))
        .setOut(new PrintWriter(console.results(), false, StandardCharsets.UTF_8));
    return failures.finish(() -> tree.execute(args));
  }

  private static CommandLine build(Console console) {
    return new CommandLine(new Root())
        .addSubcommand(new UpCommand(console))
        .addSubcommand(TopicCommand.tree(console))
        .addSubcommand(new ProduceCommand(console))
        .addSubcommand(new ConsumeCommand(console))
        .addSubcommand(ClusterCommand.tree(console))
        .addSubcommand(PerfCommand.tree(console))
        .addSubcommand(new VerifyCommand(console))
        .addSubcommand(GroupCommand.tree())
        .addSubcommand(new TrainCommand(command -> run(console, command)));
  }

  private static void withHelp(CommandLine command) {
    command.getCommandSpec().mixinStandardHelpOptions(true);
    command.getSubcommands().values().forEach(CommandTree::withHelp);
  }
}
