package dev.leat.crds.yaml;

import dev.leat.crds.ObjectMeta;
import dev.leat.crds.Topic;
import dev.leat.crds.TopicPhase;
import dev.leat.crds.TopicSpec;
import dev.leat.crds.TopicStatus;
import dev.leat.crds.value.Cleanup;
import dev.leat.crds.value.ClusterRef;
import dev.leat.crds.value.DeletionPolicy;
import dev.leat.crds.value.Retention;
import dev.leat.crds.value.TopicConfig;
import dev.leat.crds.value.TopicConfigKey;
import dev.leat.crds.value.TopicNames;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads Topics. */
final class TopicReader {
  private TopicReader() {}

  static TopicSpec readSpec(Fields fields) {
    TopicSpec spec =
        new TopicSpec(
            fields.text("cluster", ClusterRef::parse),
            fields.text("topicName", TopicNames::check),
            partitions(fields).orElse(TopicSpec.DEFAULT_PARTITIONS),
            replicas(fields).map(OptionalInt::of).orElse(OptionalInt.empty()),
            retention(fields.fields("retention")),
            fields.text("cleanup", Cleanup::parse).orElse(Cleanup.DELETE),
            fields.text("deletionPolicy", DeletionPolicy::parse).orElse(DeletionPolicy.DELETE),
            config(fields));
    fields.finish();
    return spec;
  }

  static Topic read(Fields resource, ObjectMeta metadata, boolean withStatus) {
    TopicSpec spec = readSpec(resource.fields("spec"));
    TopicStatus status = TopicStatus.NONE;
    if (withStatus) {
      status = readStatus(resource.fields("status"));
    }
    return new Topic(metadata, spec, status);
  }

  private static Optional<Integer> partitions(Fields fields) {
    return fields.integer("partitions", TopicSpec::checkPartitions);
  }

  private static Optional<Integer> replicas(Fields fields) {
    return fields.integer("replicas", TopicSpec::checkReplicas);
  }

  private static Retention retention(Fields fields) {
    Retention retention =
        new Retention(
            fields.quantity("time", Retention::parseTime).orElse(Retention.DEFAULT.time()),
            fields.quantity("size", Retention::parseSize).orElse(Retention.DEFAULT.size()));
    fields.finish();
    return retention;
  }

  private static TopicConfig config(Fields fields) {
    return TopicConfig.of(fields.textMap("config", TopicConfigKey::check));
  }

  private static TopicStatus readStatus(Fields fields) {
    TopicStatus status =
        new TopicStatus(
            fields.longInteger("observedGeneration").orElse(0L),
            fields.text("phase", TopicPhase::parse).orElse(TopicPhase.PENDING),
            fields.text("topicId", TopicStatus::checkTopicId),
            fields.has("applied") ? applied(fields.fields("applied")) : Optional.empty(),
            ConditionsReader.read(fields));
    fields.ignore("applied");
    fields.finish();
    return status;
  }

  private static Optional<TopicStatus.Applied> applied(Fields fields) {
    Optional<Integer> partitions = fields.required("partitions", partitions(fields));
    Optional<Integer> replicas = fields.required("replicas", replicas(fields));
    Retention retention = retention(fields.fields("retention"));
    Cleanup cleanup = fields.text("cleanup", Cleanup::parse).orElse(Cleanup.DELETE);
    TopicConfig config = config(fields);
    fields.finish();
    if (partitions.isEmpty() || replicas.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new TopicStatus.Applied(partitions.get(), replicas.get(), retention, cleanup, config));
  }
}
