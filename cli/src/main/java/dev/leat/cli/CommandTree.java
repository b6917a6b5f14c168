package dev.leat.cli;

import dev.leat.cli.cluster.ClusterCommand;
import dev.leat.cli.console.Console;
import dev.leat.cli.group.GroupCommand;
import dev.leat.cli.perf.PerfCommand;
import dev.leat.cli.records.ConsumeCommand;
import dev.leat.cli.records.ProduceCommand;
import dev.leat.cli.restore.RestoreCommand;
import dev.leat.cli.topic.TopicCommand;
import dev.leat.cli.up.BrokerCommand;
import dev.leat.cli.up.TrainCommand;
import dev.leat.cli.up.UpCommand;
import dev.leat.cli.verify.VerifyCommand;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;

/** All commands. */
public final class CommandTree {
  private final Map<String, Supplier<CommandLine>> commands = new LinkedHashMap<>();

  private CommandTree(Console console) {
    commands.put("up", () -> new CommandLine(new UpCommand(console)));
    commands.put("broker", () -> new CommandLine(new BrokerCommand(console)));
    commands.put("topic", () -> TopicCommand.tree(console));
    commands.put("produce", () -> new CommandLine(new ProduceCommand(console)));
    commands.put("consume", () -> new CommandLine(new ConsumeCommand(console)));
    commands.put("group", () -> GroupCommand.tree(console));
    commands.put("cluster", () -> ClusterCommand.tree(console));
    commands.put("verify", () -> new CommandLine(new VerifyCommand(console)));
    commands.put("restore", () -> new CommandLine(new RestoreCommand(console)));
    commands.put("perf", () -> PerfCommand.tree(console));
    commands.put("train", () -> new CommandLine(new TrainCommand(args -> run(console, args))));
  }

  @Command(
      name = "leat",
      description = "Leat, an event-streaming broker. Also: leat test, which runs all tests.",
      synopsisSubcommandLabel = "COMMAND")
  private static final class Root {}

  /**
   * Runs a command.
   *
   * @return exit status: 0 done, 1 failed, 2 wrong usage
   */
  public static int run(Console console, String... args) {
    Failures failures = new Failures(console);
    CommandLine tree = new CommandTree(console).build(args);
    withHelp(tree);
    tree.setExecutionExceptionHandler((e, command, given) -> failures.failed(e))
        .setParameterExceptionHandler((e, given) -> failures.misused(e))
        .setColorScheme(Help.defaultColorScheme(Ansi.OFF))
        .setOut(new PrintWriter(console.results(), false, StandardCharsets.UTF_8));
    return failures.finish(() -> tree.execute(args));
  }

  // Only the command that is called, if one is: to read the options of all takes a while.
  private CommandLine build(String... args) {
    CommandLine tree = new CommandLine(new Root());
    Supplier<CommandLine> called = args.length == 0 ? null : commands.get(args[0]);
    if (called == null) {
      commands.forEach((name, command) -> tree.addSubcommand(name, command.get()));
    } else {
      tree.addSubcommand(args[0], called.get());
    }
    return tree;
  }

  private static void withHelp(CommandLine command) {
    command.getCommandSpec().mixinStandardHelpOptions(true);
    command.getSubcommands().values().forEach(CommandTree::withHelp);
  }
}
