package dev.leat.crds.schema;

import dev.leat.crds.ClusterSpec;
import dev.leat.crds.ClusterState;

/** Schema of ClusterState. */
final class ClusterStateSchema {
  /** Five replication classes at most, each of so many groups. */
  private static final int MAX_GROUPS = 3 * ClusterSpec.MAX_GROUPS;

  private ClusterStateSchema() {}

  static Schema schema() {
    return Schema.object()
        .describe(
            "Who is there and who leads. Written by brokers; what people write here is overwritten,"
                + " and no record depends on it.")
        .property("apiVersion", Schema.text())
        .property("kind", Schema.text())
        .property("metadata", Schema.object())
        .property("status", status());
  }

  private static Schema status() {
    Schema broker =
        Schema.object()
            .required("id", "address")
            .property("id", Schema.integer())
            .property("starts", Schema.integer())
            .property("address", Schema.text())
            .property("kafkaAddress", Schema.text())
            .property("state", CommonSchemas.choice(ClusterState.BrokerState.values()));
    Schema group =
        Schema.object()
            .required("id", "history", "epoch", "leader")
            .property("id", Schema.integer())
            .property("phase", CommonSchemas.choice(ClusterState.GroupPhase.values()))
            .property("history", Schema.text())
            .property("epoch", Schema.integer())
            .property("leader", Schema.integer())
            .property("voters", Schema.list(Schema.integer(), 16))
            .property("possibleDataLoss", Schema.bool());
    return Schema.object()
        .keepUnknown()
        .required("clusterId")
        .property("clusterId", Schema.text())
        .property("version", Schema.integer())
        .property("brokers", Schema.list(broker.keepUnknown(), ClusterSpec.MAX_BROKERS))
        .property("groups", Schema.list(group.keepUnknown(), MAX_GROUPS));
  }
}
