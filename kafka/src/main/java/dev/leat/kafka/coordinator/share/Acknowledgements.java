package dev.leat.kafka.coordinator.share;

import dev.leat.broker.runtime.TopicDirectory;
import dev.leat.kafka.view.TopicFinder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import kafka.server.share.SharePartitionManager;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ShareAcknowledgeResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ShareAcknowledgeResponse;
import org.apache.kafka.server.share.acknowledge.ShareAcknowledgementBatch;
import org.jspecify.annotations.Nullable;

/** What a member says of records that it was given, from either of two kinds of requests. */
final class Acknowledgements {
  private static final byte LAST_TYPE = 4;

  private final TopicFinder topics;
  private final Map<TopicIdPartition, List<ShareAcknowledgementBatch>> valid =
      new LinkedHashMap<>();
  private final LinkedHashMap<TopicIdPartition, PartitionData> refused = new LinkedHashMap<>();

  Acknowledgements(TopicFinder topics) {
    this.topics = topics;
  }

  void add(Uuid topicId, int partition, List<ShareAcknowledgementBatch> batches) {
    TopicDirectory.Topic topic = topics.find(topicId);
    String name = topic == null ? null : topic.view().name();
    TopicIdPartition id = new TopicIdPartition(topicId, partition, name);
    Errors error = problem(topic, partition, batches);
    if (error == null) {
      valid.put(id, batches);
    } else {
      refused.put(id, ShareAcknowledgeResponse.partitionResponse(id, error));
    }
  }

  private static @Nullable Errors problem(
      TopicDirectory.@Nullable Topic topic,
      int partition,
      List<ShareAcknowledgementBatch> batches) {
    if (topic == null) {
      return Errors.UNKNOWN_TOPIC_ID;
    }
    if (partition < 0 || partition >= topic.partitions()) {
      return Errors.UNKNOWN_TOPIC_OR_PARTITION;
    }
    if (!topic.partition(partition).group().leadership().here()) {
      return Errors.NOT_LEADER_OR_FOLLOWER;
    }
    long end = -1;
    for (ShareAcknowledgementBatch batch : batches) {
      int types = batch.acknowledgeTypes().size();
      boolean inOrder = batch.firstOffset() > end && batch.lastOffset() >= batch.firstOffset();
      boolean counted = types == 1 || types == batch.lastOffset() - batch.firstOffset() + 1;
      boolean known =
          batch.acknowledgeTypes().stream().allMatch(type -> type >= 0 && type <= LAST_TYPE);
      if (!inOrder || !counted || !known) {
        return Errors.INVALID_REQUEST;
      }
      end = batch.lastOffset();
    }
    return null;
  }

  boolean isEmpty() {
    return valid.isEmpty() && refused.isEmpty();
  }

  /** Hands them over; completes with one answer for each partition. */
  CompletionStage<LinkedHashMap<TopicIdPartition, PartitionData>> apply(
      SharePartitionManager sessions, String group, String member) {
    CompletionStage<Map<TopicIdPartition, PartitionData>> applied =
        valid.isEmpty()
            ? CompletableFuture.completedStage(Map.of())
            : sessions.acknowledge(member, group, valid);
    return applied.thenApply(
        answers -> {
          LinkedHashMap<TopicIdPartition, PartitionData> all = new LinkedHashMap<>(refused);
          all.putAll(answers);
          return all;
        });
  }
}
