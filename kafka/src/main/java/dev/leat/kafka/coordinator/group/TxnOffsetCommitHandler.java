package dev.leat.kafka.coordinator.group;

import dev.leat.broker.runtime.TopicDirectory;
import dev.leat.kafka.view.TopicFinder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.requests.TxnOffsetCommitRequest;
import org.apache.kafka.common.requests.TxnOffsetCommitResponse;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.jspecify.annotations.Nullable;

/**
 * TxnOffsetCommit: offsets that count when the transaction is committed. Partitions that do not
 * exist are refused one by one; the rest goes to the coordinator.
 */
final class TxnOffsetCommitHandler {
  /** From this version on, topics are named by their id. */
  private static final short BY_ID = 6;

  private final GroupCalls groups;
  private final TopicFinder topics;

  TxnOffsetCommitHandler(GroupCalls groups, TopicFinder topics) {
    this.groups = groups;
    this.topics = topics;
  }

  CompletionStage<AbstractResponse> handle(RequestContext context, TxnOffsetCommitRequest request) {
    TxnOffsetCommitRequestData data = request.data();
    boolean byId = request.version() >= BY_ID;
    TxnOffsetCommitResponse.Builder response = TxnOffsetCommitResponse.newBuilder(byId);
    List<TxnOffsetCommitRequestTopic> known = new ArrayList<>();
    for (TxnOffsetCommitRequestTopic topic : data.topics()) {
      TopicDirectory.Topic found =
          byId ? topics.find(topic.topicId()) : topics.find(topic.name(), Uuid.ZERO_UUID);
      TxnOffsetCommitRequestTopic rest = known(topic, found, byId, response);
      if (!rest.partitions().isEmpty()) {
        known.add(rest);
      }
    }
    if (known.isEmpty()) {
      return CompletableFuture.completedStage(response.build());
    }
    TxnOffsetCommitRequestData checked = data.duplicate().setTopics(known);
    return groups.ask(
        request,
        coordinator ->
            coordinator.commitTransactionalOffsets(context, checked, BufferSupplier.NO_CACHING),
        answer -> response.merge(answer).build());
  }

  /** What of a topic exists; the rest is refused in the response. */
  private static TxnOffsetCommitRequestTopic known(
      TxnOffsetCommitRequestTopic topic,
      TopicDirectory.@Nullable Topic found,
      boolean byId,
      TxnOffsetCommitResponse.Builder response) {
    List<TxnOffsetCommitRequestPartition> known = new ArrayList<>();
    String name = found == null ? topic.name() : found.view().name();
    Uuid id = topic.topicId();
    Errors missing =
        byId && found == null ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION;
    for (TxnOffsetCommitRequestPartition partition : topic.partitions()) {
      if (GroupCalls.has(found, partition.partitionIndex())) {
        known.add(partition);
      } else {
        response.addPartition(id, name, partition.partitionIndex(), missing);
      }
    }
    return new TxnOffsetCommitRequestTopic().setTopicId(id).setName(name).setPartitions(known);
  }
}
