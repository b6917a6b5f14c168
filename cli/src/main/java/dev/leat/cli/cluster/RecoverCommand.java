package dev.leat.cli.cluster;

import dev.leat.cli.console.ClusterOptions;
import dev.leat.cli.console.CommandFailedException;
import dev.leat.cli.console.Console;
import dev.leat.cli.console.Table;
import dev.leat.client.LeatClient;
import dev.leat.client.admin.LostGroup;
import dev.leat.client.admin.LostReplica;
import dev.leat.client.admin.RecoveredGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "recover",
    description = {
      "Shows replica groups that have lost a quorum of their replicas, and what is left of them.",
      "With --accept-data-loss they go on with it; what only the missing replicas had is given up,"
          + " for good."
    })
final class RecoverCommand implements Callable<Integer> {
  private static final String NONE = "-";

  private final Console console;

  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Option(
      names = "--group",
      paramLabel = "REPLICAS/INDEX",
      description = "Only this group; may be given several times. Default: all that are lost.",
      converter = GroupName.class)
  private List<Integer> groups = new ArrayList<>();

  @Option(
      names = "--accept-data-loss",
      description =
          "Does it: groups begin again from the best replica that is left. Bring the missing"
              + " brokers back instead if there is any way to.")
  private boolean acceptDataLoss;

  @Option(
      names = "--waive",
      paramLabel = "BROKER",
      description =
          "This broker is gone for good: new topics do not wait for it any more. Wants"
              + " --accept-data-loss; does nothing else.")
  private @Nullable Integer waived;

  RecoverCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    try (LeatClient client = cluster.connect()) {
      if (waived != null) {
        waive(client, waived);
        return 0;
      }
      List<LostGroup> lost =
          client.admin().listLostGroups().stream()
              .filter(group -> groups.isEmpty() || groups.contains(group.group()))
              .toList();
      show(lost);
      if (acceptDataLoss && !(lost.isEmpty() && groups.isEmpty())) {
        report(client.admin().recoverGroupsAcceptingDataLoss(groups));
      } else if (!lost.isEmpty()) {
        console.hint(
            "bring the missing brokers back; or, if they are gone for good:"
                + " leat cluster recover --accept-data-loss");
      }
    }
    return 0;
  }

  private void waive(LeatClient client, int broker) {
    if (!acceptDataLoss) {
      throw new CommandFailedException(
          "what only broker %d has may be lost: start it; or, if it is gone for good, add"
                  .formatted(broker)
              + " --accept-data-loss");
    }
    client.admin().waiveBrokerAcceptingDataLoss(broker);
    console.hint(
        "leat: new topics do not wait for broker %d any more, until it answers or another broker is"
                .formatted(broker)
            + " controller");
  }

  private void show(List<LostGroup> lost) {
    if (lost.isEmpty()) {
      console.hint(
          "no group has lost a quorum"
              + (groups.isEmpty() ? "" : " of those asked for")
              + "; one counts as lost after 10 s without");
      return;
    }
    Table table = new Table("GROUP", "BROKER", "REPLICA", "EPOCH", "ENTRIES", "WHY");
    for (LostGroup group : lost) {
      group.replicas().forEach(replica -> row(table, group, replica));
    }
    table.lines().forEach(console::result);
    for (LostGroup group : lost) {
      console.result(
          "group %s, lost for %d s: %s"
              .formatted(GroupName.of(group.group()), group.lost().toSeconds(), group.outlook()));
    }
    console.flush();
  }

  private static void row(Table table, LostGroup group, LostReplica replica) {
    boolean known = replica.lastSeq().isPresent();
    table.row(
        GroupName.of(group.group()),
        replica.broker(),
        replica.state().name().toLowerCase(Locale.ROOT),
        known ? Integer.toString(replica.lastEpoch()) : NONE,
        known ? Long.toString(replica.lastSeq().getAsLong()) : NONE,
        replica.detail().isEmpty() ? NONE : replica.detail());
  }

  private void report(List<RecoveredGroup> results) {
    for (RecoveredGroup result : results) {
      String outcome = result.recovered() ? "recovered" : "not recovered";
      console.result(
          "group %s %s: %s".formatted(GroupName.of(result.group()), outcome, result.message()));
    }
    console.flush();
    long failed = results.stream().filter(result -> !result.recovered()).count();
    if (failed > 0) {
      throw new CommandFailedException(
          "%d of %d groups were not recovered: see above".formatted(failed, results.size()));
    }
  }
}
