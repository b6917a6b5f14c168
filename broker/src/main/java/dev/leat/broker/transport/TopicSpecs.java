package dev.leat.broker.transport;

import dev.leat.broker.runtime.RequestError;
import dev.leat.crds.Topic;
import dev.leat.crds.TopicSpec;
import dev.leat.crds.TopicStatus;
import dev.leat.crds.value.ByteSize;
import dev.leat.crds.value.Cleanup;
import dev.leat.crds.value.InvalidValueException;
import dev.leat.crds.value.Retention;
import dev.leat.crds.value.Span;
import dev.leat.crds.value.TopicConfig;
import dev.leat.v1.AlterTopicRequest;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Topics as {@code leat.v1} describes them, and as their resources do. */
final class TopicSpecs {
  private TopicSpecs() {}

  /** The resource's spec; throws {@link InvalidValueException} for what is never allowed. */
  static TopicSpec of(dev.leat.v1.TopicSpec wanted) {
    TopicSpec spec = TopicSpec.DEFAULT;
    if (wanted.getPartitions() != 0) {
      spec = spec.withPartitions(wanted.getPartitions());
    }
    if (wanted.getReplicas() != 0) {
      spec = spec.withReplicas(wanted.getReplicas());
    }
    Retention retention =
        new Retention(
            wanted.hasRetentionMs() ? time(wanted.getRetentionMs()) : Retention.DEFAULT.time(),
            wanted.hasRetentionBytes() ? size(wanted.getRetentionBytes()) : Optional.empty());
    return spec.withRetention(retention)
        .withCleanup(cleanup(wanted.getCleanup()))
        .withConfig(TopicConfig.of(wanted.getConfigMap()));
  }

  /** The spec with what the request changes. */
  static TopicSpec alter(TopicSpec spec, AlterTopicRequest request) {
    TopicSpec altered = spec;
    if (request.getPartitions() != 0) {
      altered = altered.withPartitions(request.getPartitions());
    }
    Retention before = spec.retention();
    altered =
        altered.withRetention(
            new Retention(
                request.hasRetentionMs() ? time(request.getRetentionMs()) : before.time(),
                request.hasRetentionBytes() ? size(request.getRetentionBytes()) : before.size()));
    if (request.hasCleanup()) {
      altered = altered.withCleanup(cleanup(request.getCleanup()));
    }
    SortedMap<String, String> config = new TreeMap<>(spec.config().entries());
    config.putAll(request.getConfigMap());
    request.getRemoveConfigList().forEach(config::remove);
    return altered.withConfig(TopicConfig.of(config));
  }

  /** The topic as it is: what the brokers act on, or what is wished as long as that is nothing. */
  static dev.leat.v1.TopicSpec of(Topic topic) {
    TopicSpec wish = topic.spec();
    Optional<TopicStatus.Applied> applied = topic.status().applied();
    Retention retention = wish.retention();
    return dev.leat.v1.TopicSpec.newBuilder()
        .setName(topic.topicName())
        .setPartitions(applied.map(TopicStatus.Applied::partitions).orElse(wish.partitions()))
        .setReplicas(applied.map(TopicStatus.Applied::replicas).orElse(wish.replicas().orElse(0)))
        .setRetentionMs(retention.timeMs())
        .setRetentionBytes(retention.sizeBytes())
        .setCleanup(cleanup(wish.cleanup()))
        .putAllConfig(wish.config().entries())
        .build();
  }

  /** What was wrong with a request. */
  static RequestError error(InvalidValueException e) {
    boolean replicas = e.problem().contains("1, 3 or 5");
    return RequestError.of(
        replicas ? RequestError.Code.INVALID_REPLICAS : RequestError.Code.INVALID_REQUEST,
        e.problem());
  }

  private static Optional<Span> time(long ms) {
    return ms < 0 ? Optional.empty() : Optional.of(new Span(ms));
  }

  private static Optional<ByteSize> size(long bytes) {
    return bytes < 0 ? Optional.empty() : Optional.of(new ByteSize(bytes));
  }

  private static Cleanup cleanup(dev.leat.v1.Cleanup wanted) {
    return switch (wanted) {
      case CLEANUP_UNSPECIFIED -> Cleanup.DELETE;
      case CLEANUP_COMPACT -> Cleanup.COMPACT;
      case CLEANUP_COMPACT_DELETE -> Cleanup.COMPACT_DELETE;
      case UNRECOGNIZED ->
          throw new InvalidValueException("cleanup is unknown; allowed is delete, compact or both");
    };
  }

  private static dev.leat.v1.Cleanup cleanup(Cleanup cleanup) {
    return switch (cleanup) {
      case DELETE -> dev.leat.v1.Cleanup.CLEANUP_UNSPECIFIED;
      case COMPACT -> dev.leat.v1.Cleanup.CLEANUP_COMPACT;
      case COMPACT_DELETE -> dev.leat.v1.Cleanup.CLEANUP_COMPACT_DELETE;
    };
  }
}
