package dev.leat.cli.group;

import dev.leat.cli.console.ClusterOptions;
import dev.leat.cli.console.Console;
import dev.leat.cli.console.JsonObject;
import dev.leat.cli.console.Table;
import dev.leat.client.LeatClient;
import dev.leat.client.TopicPartition;
import dev.leat.client.admin.GroupDescription;
import dev.leat.client.admin.GroupMemberDescription;
import dev.leat.client.admin.GroupProgress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "describe",
    description = "Prints how far a group has read each partition, and who reads it.")
final class DescribeCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Parameters(paramLabel = "GROUP", description = "Name of the group.")
  private String name = "";

  @Option(names = "--json", description = "Prints one JSON object.")
  private boolean json;

  DescribeCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    try (LeatClient client = cluster.connect()) {
      GroupDescription group = client.admin().describeGroup(name);
      if (json) {
        console.result(json(group).toString());
      } else {
        console.result(
            "group %s, %s, %s, %d members, lag %s"
                .formatted(
                    group.listing().group(),
                    group.listing().type(),
                    group.listing().state(),
                    group.members().size(),
                    GroupText.known(lag(group))));
        table(group).lines().forEach(console::result);
      }
    }
    return 0;
  }

  /** Records that the group has still to read, -1 if that is not known of a partition. */
  private static long lag(GroupDescription group) {
    long lag = 0;
    for (GroupProgress progress : group.progress().values()) {
      if (progress.lag() < 0) {
        return -1;
      }
      lag += progress.lag();
    }
    return lag;
  }

  private static Table table(GroupDescription group) {
    Map<TopicPartition, GroupMemberDescription> readers = new HashMap<>();
    group
        .members()
        .forEach(member -> member.partitions().forEach(part -> readers.put(part, member)));
    SortedSet<TopicPartition> all = new TreeSet<>(group.progress().keySet());
    all.addAll(readers.keySet());
    Table table =
        new Table("TOPIC", "PARTITION", "OFFSET", "END", "LAG", "MEMBER", "CLIENT", "HOST");
    for (TopicPartition partition : all) {
      GroupProgress progress = group.progress().get(partition);
      GroupMemberDescription reader = readers.get(partition);
      table.row(
          partition.topic(),
          partition.partition(),
          progress == null ? GroupText.UNKNOWN : GroupText.known(progress.offset()),
          progress == null ? GroupText.UNKNOWN : GroupText.known(progress.highWatermark()),
          progress == null ? GroupText.UNKNOWN : GroupText.known(progress.lag()),
          reader == null ? GroupText.UNKNOWN : reader.memberId(),
          text(reader == null ? null : reader.clientId()),
          text(reader == null ? null : reader.host()));
    }
    return table;
  }

  private static String text(@Nullable String text) {
    return text == null || text.isEmpty() ? GroupText.UNKNOWN : text;
  }

  private static JsonObject json(GroupDescription group) {
    List<JsonObject> offsets =
        group.progress().entrySet().stream()
            .map(
                entry ->
                    new JsonObject()
                        .put("topic", entry.getKey().topic())
                        .put("partition", entry.getKey().partition())
                        .put("offset", entry.getValue().offset())
                        .put("highWatermark", entry.getValue().highWatermark())
                        .put("lag", entry.getValue().lag()))
            .toList();
    List<JsonObject> members =
        group.members().stream()
            .map(
                member ->
                    new JsonObject()
                        .put("memberId", member.memberId())
                        .put("instanceId", member.instanceId())
                        .put("clientId", member.clientId())
                        .put("host", member.host())
                        .put(
                            "partitions",
                            member.partitions().stream()
                                .map(
                                    partition ->
                                        new JsonObject()
                                            .put("topic", partition.topic())
                                            .put("partition", partition.partition()))
                                .toList()))
            .toList();
    return GroupText.json(group.listing())
        .put("lag", lag(group))
        .put("offsets", offsets)
        .put("members", members);
  }
}
