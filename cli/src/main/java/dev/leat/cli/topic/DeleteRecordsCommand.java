package dev.leat.cli.topic;

import dev.leat.cli.console.ClusterOptions;
import dev.leat.cli.console.Console;
import dev.leat.client.LeatClient;
import dev.leat.client.TopicPartition;
import dev.leat.client.admin.Admin;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "delete-records",
    description = "Deletes the oldest records of a topic; later offsets stay as they are.")
final class DeleteRecordsCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Parameters(paramLabel = "NAME", description = "Name of the topic.")
  private String name = "";

  @Option(
      names = "--partition",
      paramLabel = "N",
      description = "Only this partition. Default: all of them.")
  private @Nullable Integer partition;

  @Option(
      names = "--before-offset",
      paramLabel = "O",
      description = "First offset to keep. Default: none of the records that are there now.")
  private long beforeOffset = Admin.END;

  DeleteRecordsCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    try (LeatClient client = cluster.connect()) {
      Admin admin = client.admin();
      int first = partition == null ? 0 : partition;
      int last = partition == null ? admin.describeTopic(name).spec().partitions() - 1 : partition;
      for (int p = first; p <= last; p++) {
        long start = admin.deleteRecords(new TopicPartition(name, p), beforeOffset);
        console.hint("partition " + p + " of " + name + " begins at offset " + start + " now");
      }
    }
    return 0;
  }
}
