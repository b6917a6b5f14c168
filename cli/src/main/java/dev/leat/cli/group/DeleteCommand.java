package dev.leat.cli.group;

import dev.leat.cli.console.ClusterOptions;
import dev.leat.cli.console.Console;
import dev.leat.client.LeatClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "delete", description = "Deletes a group without members, and its offsets.")
final class DeleteCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Parameters(paramLabel = "GROUP", description = "Name of the group.")
  private String name = "";

  DeleteCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    try (LeatClient client = cluster.connect()) {
      client.admin().deleteGroup(name);
      console.hint("group \"" + name + "\" is deleted");
    }
    return 0;
  }
}
