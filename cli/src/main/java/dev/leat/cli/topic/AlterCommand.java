package dev.leat.cli.topic;

import dev.leat.cli.console.ClusterOptions;
import dev.leat.cli.console.Console;
import dev.leat.client.LeatClient;
import dev.leat.client.admin.TopicChange;
import dev.leat.client.admin.TopicSpec;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "alter", description = "Changes a topic; what is not given stays as it is.")
final class AlterCommand implements Callable<Integer> {
  private final Console console;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Mixin private TopicOptions options = new TopicOptions();

  @Parameters(paramLabel = "NAME", description = "Name of the topic.")
  private String name = "";

  @Option(names = "--partitions", paramLabel = "N", description = "More partitions than now.")
  private @Nullable Integer partitions;

  @Option(names = "--replicas", paramLabel = "N", description = "Cannot be changed yet.")
  private @Nullable Integer replicas;

  @Option(
      names = "--remove-config",
      paramLabel = "NAME",
      description = "Sets a setting back to its default.")
  private List<String> removed = List.of();

  @Option(names = "--json", description = "Prints one JSON object.")
  private boolean json;

  AlterCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (replicas != null) {
      throw new ParameterException(
          spec.commandLine(), "--replicas cannot be changed: make another topic with that number");
    }
    TopicChange change =
        new TopicChange(
            name,
            partitions == null ? OptionalInt.empty() : OptionalInt.of(partitions),
            options.retentionMs(),
            options.retentionBytes(),
            Optional.ofNullable(options.cleanup()),
            options.config(),
            removed);
    if (change.equals(TopicChange.of(name))) {
      throw new ParameterException(spec.commandLine(), "nothing to change was given");
    }
    try (LeatClient client = cluster.connect()) {
      TopicSpec changed = client.admin().alterTopic(change);
      if (json) {
        console.result(TopicText.json(changed).toString());
      } else {
        console.hint("changed topic " + TopicText.summary(changed));
      }
    }
    return 0;
  }
}
