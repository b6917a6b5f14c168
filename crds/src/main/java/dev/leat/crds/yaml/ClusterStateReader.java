package dev.leat.crds.yaml;

import dev.leat.crds.ClusterState;
import dev.leat.crds.ClusterState.BrokerState;
import dev.leat.crds.ClusterState.GroupPhase;
import dev.leat.crds.ObjectMeta;
import dev.leat.crds.value.Choice;

/** Reads ClusterStates. */
final class ClusterStateReader {
  private ClusterStateReader() {}

  static ClusterState read(Fields resource, ObjectMeta metadata) {
    Fields fields = resource.fields("status");
    ClusterState.Status status =
        new ClusterState.Status(
            fields.required("clusterId", fields.text("clusterId")).orElse(""),
            fields.integer("version").orElse(1),
            fields.list("brokers").stream().map(ClusterStateReader::readBroker).toList(),
            fields.list("groups").stream().map(ClusterStateReader::readGroup).toList());
    fields.finish();
    return new ClusterState(metadata, status);
  }

  private static ClusterState.Broker readBroker(Fields fields) {
    ClusterState.Broker broker =
        new ClusterState.Broker(
            fields.required("id", fields.integer("id")).orElse(0),
            fields.longInteger("starts").orElse(0L),
            fields.required("address", fields.text("address")).orElse(""),
            fields.text("kafkaAddress"),
            fields
                .text("state", text -> Choice.parse(BrokerState.values(), text))
                .orElse(BrokerState.FENCED));
    fields.finish();
    return broker;
  }

  private static ClusterState.Group readGroup(Fields fields) {
    ClusterState.Group group =
        new ClusterState.Group(
            fields.required("id", fields.integer("id")).orElse(0),
            fields
                .text("phase", text -> Choice.parse(GroupPhase.values(), text))
                .orElse(GroupPhase.CREATED),
            fields.required("history", fields.text("history")).orElse(""),
            fields.required("epoch", fields.integer("epoch")).orElse(0),
            fields.required("leader", fields.integer("leader")).orElse(-1),
            fields.integers("voters"),
            fields.bool("possibleDataLoss").orElse(false));
    fields.finish();
    return group;
  }
}
