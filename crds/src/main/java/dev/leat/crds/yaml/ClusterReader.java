package dev.leat.crds.yaml;

import dev.leat.crds.Cluster;
import dev.leat.crds.ClusterSpec;
import dev.leat.crds.ClusterStatus;
import dev.leat.crds.ObjectMeta;
import dev.leat.crds.TopicSpec;
import dev.leat.crds.UncleanElection;
import dev.leat.crds.value.ByteSize;
import dev.leat.crds.value.InvalidValueException;
import dev.leat.crds.value.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads Clusters. */
final class ClusterReader {
  private ClusterReader() {}

  static Cluster read(Fields resource, ObjectMeta metadata, boolean withStatus) {
    ClusterSpec spec = readSpec(resource);
    ClusterStatus status = ClusterStatus.NONE;
    if (withStatus) {
      status = readStatus(resource.fields("status"));
    }
    return new Cluster(metadata, spec, status);
  }

  private static ClusterSpec readSpec(Fields resource) {
    resource.required("spec", Optional.empty());
    Fields fields = resource.fields("spec");
    Optional<Integer> brokers = fields.integer("brokers", ClusterSpec::checkBrokers);
    if (resource.has("spec")) {
      fields.required("brokers", brokers);
    }
    int groups =
        fields.integer("groups", ClusterSpec::checkGroups).orElse(ClusterSpec.DEFAULT_GROUPS);
    ClusterSpec spec =
        new ClusterSpec(
            brokers.orElse(1),
            groups,
            readStorage(fields.fields("storage")),
            readUncleanElections(fields),
            PodSettingsReader.read(fields));
    fields.finish();
    return spec;
  }

  private static ClusterSpec.Storage readStorage(Fields fields) {
    ClusterSpec.Storage storage =
        new ClusterSpec.Storage(
            fields.quantity("size", ByteSize::parse).orElse(ClusterSpec.Storage.DEFAULT.size()),
            fields.text("storageClassName"),
            fields.bool("deleteClaim").orElse(false));
    fields.finish();
    return storage;
  }

  private static List<UncleanElection> readUncleanElections(Fields spec) {
    List<UncleanElection> elections = new ArrayList<>();
    for (Fields fields : spec.list("uncleanElections")) {
      Optional<Integer> replicas =
          fields.required("replicas", fields.integer("replicas", TopicSpec::checkReplicas));
      Optional<Span> after = fields.required("after", fields.text("after", Span::parse));
      fields.finish();
      if (replicas.isPresent() && after.isPresent()) {
        elections.add(new UncleanElection(replicas.get(), after.get()));
      }
    }
    try {
      return ClusterSpec.checkClasses(elections);
    } catch (InvalidValueException e) {
      spec.problem("uncleanElections", e.problem());
      return List.of();
    }
  }

  private static ClusterStatus readStatus(Fields fields) {
    ClusterStatus status =
        new ClusterStatus(
            fields.longInteger("observedGeneration").orElse(0L),
            fields.integer("brokers").orElse(0),
            fields.integer("readyBrokers").orElse(0),
            fields.integer("updatedBrokers").orElse(0),
            fields.text("image"),
            fields.text("selector"),
            fields.list("bootstrap").stream().map(ClusterReader::readBootstrap).toList(),
            ConditionsReader.read(fields));
    fields.finish();
    return status;
  }

  private static ClusterStatus.Bootstrap readBootstrap(Fields fields) {
    ClusterStatus.Bootstrap bootstrap =
        new ClusterStatus.Bootstrap(
            fields.text("listener").orElse(""),
            fields.text("grpc").orElse(""),
            fields.text("kafka"),
            fields.list("brokers").stream().map(ClusterReader::readAdvertised).toList());
    fields.finish();
    return bootstrap;
  }

  private static ClusterStatus.Advertised readAdvertised(Fields fields) {
    ClusterStatus.Advertised advertised =
        new ClusterStatus.Advertised(
            fields.integer("id").orElse(0), fields.text("grpc").orElse(""), fields.text("kafka"));
    fields.finish();
    return advertised;
  }
}
