package dev.leat.cli.topic;

import dev.leat.cli.console.ClusterOptions;
import dev.leat.cli.console.Console;
import dev.leat.cli.console.JsonObject;
import dev.leat.cli.console.Table;
import dev.leat.client.LeatClient;
import dev.leat.client.admin.TopicSpec;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "list", description = "Prints the names of all topics, one a line.")
final class ListCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Option(
      names = {"-l", "--long"},
      description = "Prints a table with what each topic is.")
  private boolean detailed;

  @Option(names = "--json", description = "Prints one JSON object.")
  private boolean json;

  ListCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    try (LeatClient client = cluster.connect()) {
      List<TopicSpec> topics = client.admin().listTopics();
      if (json) {
        List<JsonObject> all = topics.stream().map(TopicText::json).toList();
        console.result(new JsonObject().put("topics", all).toString());
      } else if (detailed) {
        table(topics).lines().forEach(console::result);
      } else {
        topics.forEach(topic -> console.result(topic.name()));
      }
    }
    return 0;
  }

  private static Table table(List<TopicSpec> topics) {
    Table table =
        new Table("TOPIC", "PARTITIONS", "REPLICAS", "RETENTION", "RETENTION-SIZE", "CLEANUP");
    for (TopicSpec topic : topics) {
      table.row(
          topic.name(),
          topic.partitions(),
          topic.replicas(),
          TopicText.retentionTime(topic),
          TopicText.retentionSize(topic),
          TopicText.cleanup(topic));
    }
    return table;
  }
}
