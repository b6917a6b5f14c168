package dev.leat.kafka.coordinator.nativeapi;

import dev.leat.broker.runtime.groups.GroupCoordination.Offset;
import dev.leat.broker.runtime.groups.GroupCoordination.Slot;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.protocol.Errors;

/** Commits in Kafka's form, and what comes of them. */
final class Commits {
  /** Errors that say something of one partition; all others are said of the group. */
  private static final Set<Errors> OF_A_PARTITION =
      EnumSet.of(
          Errors.NONE,
          Errors.OFFSET_METADATA_TOO_LARGE,
          Errors.INVALID_COMMIT_OFFSET_SIZE,
          Errors.UNKNOWN_TOPIC_OR_PARTITION,
          Errors.UNKNOWN_TOPIC_ID);

  private Commits() {}

  static List<OffsetCommitRequestTopic> topics(Map<Slot, Offset> offsets) {
    return offsets.entrySet().stream()
        .collect(Collectors.groupingBy(entry -> entry.getKey().topic()))
        .entrySet()
        .stream()
        .map(
            topic ->
                new OffsetCommitRequestTopic()
                    .setName(topic.getKey())
                    .setPartitions(topic.getValue().stream().map(Commits::partition).toList()))
        .toList();
  }

  private static OffsetCommitRequestPartition partition(Map.Entry<Slot, Offset> entry) {
    return new OffsetCommitRequestPartition()
        .setPartitionIndex(entry.getKey().partition())
        .setCommittedOffset(entry.getValue().offset())
        .setCommittedMetadata(entry.getValue().metadata());
  }

  /** What became of the offset of one partition. */
  record Outcome(Slot slot, Errors error) {}

  static List<Outcome> outcomes(OffsetCommitResponseData data) {
    return data.topics().stream()
        .flatMap(
            topic ->
                topic.partitions().stream()
                    .map(
                        partition ->
                            outcome(
                                topic.name(), partition.partitionIndex(), partition.errorCode())))
        .toList();
  }

  static Outcome outcome(String topic, int partition, short errorCode) {
    return new Outcome(new Slot(topic, partition), Errors.forCode(errorCode));
  }

  /** The error of the commit as a whole: Kafka repeats it for every partition. */
  static Errors groupError(List<Outcome> outcomes) {
    return outcomes.stream()
        .map(Outcome::error)
        .filter(error -> !OF_A_PARTITION.contains(error))
        .findFirst()
        .orElse(Errors.NONE);
  }

  /** Why the offsets of some partitions were not taken. */
  static Map<Slot, String> refused(List<Outcome> outcomes) {
    Map<Slot, String> refused = new HashMap<>();
    for (Outcome outcome : outcomes) {
      if (outcome.error() != Errors.NONE) {
        refused.put(outcome.slot(), outcome.error().message());
      }
    }
    return refused;
  }

  /** An offset that an open transaction may replace is not known: so is the whole answer. */
  static Errors fetchError(OffsetFetchResponseGroup data) {
    boolean unstable =
        data.topics().stream()
            .flatMap(topic -> topic.partitions().stream())
            .anyMatch(partition -> partition.errorCode() == Errors.UNSTABLE_OFFSET_COMMIT.code());
    return unstable ? Errors.UNSTABLE_OFFSET_COMMIT : Errors.forCode(data.errorCode());
  }
}
