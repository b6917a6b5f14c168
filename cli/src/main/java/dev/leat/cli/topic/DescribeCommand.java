package dev.leat.cli.topic;

import dev.leat.cli.console.ClusterOptions;
import dev.leat.cli.console.Console;
import dev.leat.cli.console.HumanSize;
import dev.leat.cli.console.JsonObject;
import dev.leat.cli.console.Table;
import dev.leat.client.LeatClient;
import dev.leat.client.admin.PartitionDescription;
import dev.leat.client.admin.TopicDescription;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "describe", description = "Prints what a topic is, and its partitions.")
final class DescribeCommand implements Callable<Integer> {
  private static final String UNKNOWN = "-";

  private final Console console;

  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Parameters(paramLabel = "NAME", description = "Name of the topic.")
  private String name = "";

  @Option(names = "--json", description = "Prints one JSON object.")
  private boolean json;

  DescribeCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    try (LeatClient client = cluster.connect()) {
      TopicDescription topic = client.admin().describeTopic(name);
      if (json) {
        console.result(toJson(topic).toString());
      } else {
        console.result("topic " + TopicText.summary(topic.spec()));
        console.result("id " + topic.id());
        new TreeMap<>(topic.spec().config())
            .forEach((key, value) -> console.result("config " + key + "=" + value));
        table(topic).lines().forEach(console::result);
      }
    }
    return 0;
  }

  private static Table table(TopicDescription topic) {
    Table table =
        new Table("PARTITION", "LEADER", "EPOCH", "VOTERS", "START", "END", "SIZE", "GROUP");
    for (PartitionDescription partition : topic.partitions()) {
      table.row(
          partition.partition(),
          known(partition.leader(), Long::toString),
          partition.leaderEpoch(),
          voters(partition),
          known(partition.logStartOffset(), Long::toString),
          known(partition.highWatermark(), Long::toString),
          known(partition.sizeBytes(), HumanSize::of),
          partition.group());
    }
    return table;
  }

  private static String voters(PartitionDescription partition) {
    return partition.voters().stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  private static String known(long value, LongFunction<String> text) {
    return value < 0 ? UNKNOWN : text.apply(value);
  }

  private static JsonObject toJson(TopicDescription topic) {
    List<JsonObject> partitions =
        topic.partitions().stream()
            .map(
                partition ->
                    new JsonObject()
                        .put("partition", partition.partition())
                        .put("group", partition.group())
                        .put("leader", partition.leader())
                        .put("leaderEpoch", partition.leaderEpoch())
                        .put("voters", partition.voters())
                        .put("logStartOffset", partition.logStartOffset())
                        .put("highWatermark", partition.highWatermark())
                        .put("sizeBytes", partition.sizeBytes()))
            .toList();
    return TopicText.json(topic.spec()).put("id", topic.id()).put("partitionList", partitions);
  }
}
