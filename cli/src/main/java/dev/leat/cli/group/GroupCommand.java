package dev.leat.cli.group;

import dev.leat.cli.console.CommandFailedException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code leat group}: will list, describe, reset and delete consumer groups. */
@Command(name = "group", description = "Consumer groups (not in this version yet).")
public final class GroupCommand {
  private GroupCommand() {}

  /** The command with its subcommands. */
  public static CommandLine tree() {
    CommandLine tree = new CommandLine(new GroupCommand());
    for (String name : List.of("list", "describe", "reset", "delete")) {
      tree.addSubcommand(name, new NotYet());
    }
    return tree;
  }

  @Command(description = "Not in this version yet.")
  private static final class NotYet implements Callable<Integer> {
    @Parameters(arity = "0..*", hidden = true)
    private List<String> ignored = List.of();

    @Override
    public Integer call() {
      throw new CommandFailedException(
          "this version has no consumer groups yet"
              + "; read partitions with: leat consume TOPIC --from-beginning");
    }
  }
}
