package dev.leat.cli.group;

import dev.leat.cli.console.ClusterOptions;
import dev.leat.cli.console.Console;
import dev.leat.cli.console.JsonObject;
import dev.leat.cli.console.Table;
import dev.leat.client.LeatClient;
import dev.leat.client.admin.GroupListing;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "list", description = "Prints the names of all groups, one a line.")
final class ListCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Option(
      names = {"-l", "--long"},
      description = "Prints a table with type and state.")
  private boolean detailed;

  @Option(names = "--json", description = "Prints one JSON object.")
  private boolean json;

  ListCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    try (LeatClient client = cluster.connect()) {
      List<GroupListing> groups = client.admin().listGroups();
      if (json) {
        console.result(
            new JsonObject()
                .put("groups", groups.stream().map(GroupText::json).toList())
                .toString());
      } else if (detailed) {
        Table table = new Table("GROUP", "TYPE", "STATE");
        groups.forEach(group -> table.row(group.group(), group.type(), group.state()));
        table.lines().forEach(console::result);
      } else {
        groups.forEach(group -> console.result(group.group()));
      }
    }
    return 0;
  }
}
