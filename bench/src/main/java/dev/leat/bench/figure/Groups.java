package dev.leat.bench.figure;

import dev.leat.bench.lab.Lab;
import dev.leat.bench.peer.GroupsPerf;
import dev.leat.bench.peer.GroupsPerf.Protocol;
import dev.leat.bench.report.Row;
import dev.leat.bench.report.Unit;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a thousand consumer groups cost a broker. */
final class Groups {
  private Groups() {}

  static Figure figure() {
    return new Figure(
        "groups",
        "1,000 consumer groups of 3 members, a connection for each member",
        List.of(
            contestant(Product.LEAT, Protocol.CONSUMER),
            contestant(Product.KAFKA, Protocol.CONSUMER),
            contestant(Product.LEAT, Protocol.CLASSIC),
            contestant(Product.KAFKA, Protocol.CLASSIC)));
  }

  private static String id(Product product, Protocol protocol) {
    return "groups/" + product.id() + "-" + protocol.name().toLowerCase(Locale.ROOT);
  }

  private static Contestant contestant(Product product, Protocol protocol) {
    String id = id(product, protocol);
    String leat = id(Product.LEAT, protocol);
    String label =
        product.label() + (protocol == Protocol.CLASSIC ? ", classic protocol" : ", KIP-848");
    return new Contestant(
        label,
        List.of(
            new Row(
                id + "-join",
                label + ": all join at once, until all have their share",
                Unit.SECONDS,
                product.atMost(leat + "-join", 1)),
            new Row(
                id + "-cpu",
                label + ": broker, while all heartbeat",
                Unit.PERCENT_OF_A_CORE,
                product.atMost(leat + "-cpu", 1)),
            new Row(
                id + "-rebalance-p50",
                label + ": one more joins, until the group has settled: p50",
                Unit.MILLISECONDS,
                product.atMost(leat + "-rebalance-p50", 1)),
            Row.plain(
                id + "-rebalance-p99",
                label + ": one more joins, until the group has settled: p99",
                Unit.MILLISECONDS),
            Row.plain(id + "-beats", label + ": heartbeats", Unit.REQUESTS_PER_SECOND)),
        lab -> measure(lab, product, protocol));
  }

  private static Map<String, Double> measure(Lab lab, Product product, Protocol protocol) {
    String id = id(product, protocol);
    try (Product.Broker broker = product.start(lab)) {
      GroupsPerf.Result result = GroupsPerf.run(lab, broker.server(), broker.bootstrap(), protocol);
      return Map.of(
          id + "-join", result.joinSeconds(),
          id + "-cpu", result.cores() * 100,
          id + "-rebalance-p50", result.rebalanceP50Ms(),
          id + "-rebalance-p99", result.rebalanceP99Ms(),
          id + "-beats", result.beatsPerSecond());
    }
  }
}
