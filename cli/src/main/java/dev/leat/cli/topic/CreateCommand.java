package dev.leat.cli.topic;

import dev.leat.cli.console.ClusterOptions;
import dev.leat.cli.console.Console;
import dev.leat.client.LeatClient;
import dev.leat.client.admin.Cleanup;
import dev.leat.client.admin.TopicDescription;
import dev.leat.client.admin.TopicSpec;
import dev.leat.crds.value.InvalidValueException;
import java.util.concurrent.Callable;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "create",
    description = "Creates a topic; returns when every partition takes records.")
final class CreateCommand implements Callable<Integer> {
  private final Console console;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Mixin private TopicOptions options = new TopicOptions();

  @Parameters(paramLabel = "NAME", description = "1 to 249 of a-z, A-Z, 0-9, '.', '_' and '-'.")
  private String name = "";

  @Option(names = "--partitions", paramLabel = "N", description = "Partitions. Default: 1.")
  private @Nullable Integer partitions;

  @Option(
      names = "--replicas",
      paramLabel = "N",
      description = "Replicas: 1, 3 or 5. Default: 3 with three or more brokers, else 1.")
  private @Nullable Integer replicas;

  @Option(names = "--json", description = "Prints one JSON object.")
  private boolean json;

  CreateCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Cleanup cleanup = options.cleanup();
    TopicSpec topic =
        new TopicSpec(
            name,
            checked(partitions, dev.leat.crds.TopicSpec::checkPartitions, "--partitions"),
            checked(replicas, dev.leat.crds.TopicSpec::checkReplicas, "--replicas"),
            options.retentionMs(),
            options.retentionBytes(),
            cleanup == null ? Cleanup.DELETE : cleanup,
            options.config());
    try (LeatClient client = cluster.connect()) {
      TopicDescription created = client.admin().createTopic(topic);
      if (json) {
        console.result(TopicText.json(created.spec()).put("id", created.id()).toString());
      } else {
        console.hint("created topic " + TopicText.summary(created.spec()));
      }
    }
    return 0;
  }

  private int checked(@Nullable Integer value, IntUnaryOperator check, String option) {
    if (value == null) {
      return TopicSpec.DEFAULT;
    }
    try {
      return check.applyAsInt(value);
    } catch (InvalidValueException e) {
      throw new ParameterException(spec.commandLine(), option + " " + e.problem());
    }
  }
}
