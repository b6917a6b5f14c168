package dev.leat.cli.cluster;

import dev.leat.cli.console.ClusterOptions;
import dev.leat.cli.console.Console;
import dev.leat.cli.console.JsonObject;
import dev.leat.cli.console.Table;
import dev.leat.client.LeatClient;
import dev.leat.client.admin.BrokerDescription;
import dev.leat.client.admin.ClusterDescription;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "status", description = "Shows brokers, the controller, and who leads.")
final class StatusCommand implements Callable<Integer> {
  private static final String NONE = "-";
  private static final int MAX_NAMES = 8;

  private final Console console;

  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Option(names = "--json", description = "Prints one JSON object.")
  private boolean json;

  @Option(names = "--watch", description = "Prints it again every second, until Ctrl-C.")
  private boolean watch;

  StatusCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    try (LeatClient client = cluster.connect()) {
      show(client.admin().describeCluster());
      while (watch) {
        console.flush();
        TimeUnit.SECONDS.sleep(1);
        if (!json) {
          console.result("");
        }
        show(client.admin().describeCluster());
      }
    }
    return 0;
  }

  private void show(ClusterDescription status) {
    if (json) {
      console.result(toJson(status).toString());
    } else {
      print(status);
    }
  }

  private void print(ClusterDescription status) {
    console.result("cluster " + status.id() + ", controller " + id(status.controller()));
    console.result(
        "groups %d, leaderless %d, lagging %d, moving %d"
            .formatted(status.groups(), status.leaderless(), status.lagging(), status.moving()));
    Table table = new Table("BROKER", "STATE", "LEADS", "PID", "GRPC", "KAFKA");
    for (BrokerDescription broker : status.brokers()) {
      table.row(
          broker.id(),
          broker.status(),
          broker.leads(),
          broker.pid().isPresent() ? Long.toString(broker.pid().getAsLong()) : NONE,
          broker.address(),
          broker.kafka().orElse(NONE));
    }
    table.lines().forEach(console::result);
    if (!status.lost().isEmpty()) {
      console.result(
          "%d groups have lost a quorum of their replicas (%s): bring their brokers back, or see"
                  .formatted(status.lost().size(), names(status.lost()))
              + " leat cluster recover");
    }
    if (!status.possibleDataLoss().isEmpty()) {
      console.result(
          "possible data loss: %d groups once began again without a quorum (%s)"
              .formatted(status.possibleDataLoss().size(), names(status.possibleDataLoss())));
    }
  }

  /** The first few. */
  private static String names(List<Integer> groups) {
    String first =
        groups.stream().limit(MAX_NAMES).map(GroupName::of).collect(Collectors.joining(", "));
    return groups.size() > MAX_NAMES ? first + ", ..." : first;
  }

  private static String id(int broker) {
    return broker < 0 ? "unknown" : Integer.toString(broker);
  }

  private static JsonObject toJson(ClusterDescription status) {
    List<JsonObject> brokers = status.brokers().stream().map(StatusCommand::toJson).toList();
    return new JsonObject()
        .put("controller", status.controller())
        .put("brokers", brokers)
        .put(
            "groups",
            new JsonObject()
                .put("total", status.groups())
                .put("leaderless", status.leaderless())
                .put("lagging", status.lagging())
                .put("moving", status.moving())
                .put("lost", status.lost())
                .put("possibleDataLoss", status.possibleDataLoss()));
  }

  private static JsonObject toJson(BrokerDescription broker) {
    JsonObject object =
        new JsonObject().put("id", broker.id()).put("state", broker.status().name());
    if (broker.pid().isPresent()) {
      object.put("pid", broker.pid().getAsLong());
    } else {
      object.putNull("pid");
    }
    return object
        .put("grpc", broker.address())
        .put("kafka", broker.kafka().orElse(null))
        .put("leads", broker.leads());
  }
}
