package dev.leat.kafka.coordinator.group;

import dev.leat.broker.runtime.TopicView;
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
import org.apache.kafka.common.requests.TxnOffsetCommitRequest;
import org.apache.kafka.common.requests.TxnOffsetCommitResponse;
import org.apache.kafka.common.requests.RequestContext;
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
  private final KnownTopics topics;

  TxnOffsetCommitHandler(GroupCalls groups, KnownTopics topics) {
    this.groups = groups;
    this.topics = topics;
  }

  CompletionStage<AbstractResponse> handle(RequestContext context, TxnOffsetCommitRequest request) {
    TxnOffsetCommitRequestData data = request.data();
    boolean byId = request.version() >= BY_ID;
    TxnOffsetCommitResponse.Builder response = TxnOffsetCommitResponse.newBuilder(byId);
    List<TxnOffsetCommitRequestTopic> known = new ArrayList<>();
    for (TxnOffsetCommitRequestTopic topic : data.topics()) {
      TopicView view = byId ? topics.of(topic.topicId()) : topics.named(topic.name());
      TxnOffsetCommitRequestTopic rest = known(topic, view, byId, response);
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
            coordinator.commitTransactionalOffsets(
                context, checked, BufferSupplier.NO_CACHING),
        answer -> response.merge(answer).build());
  }

  /** What of a topic exists; the rest is refused in the response. */
  private static TxnOffsetCommitRequestTopic known(
      TxnOffsetCommitRequestTopic topic,
      @Nullable TopicView view,
      boolean byId,
      TxnOffsetCommitResponse.Builder response) {
    List<TxnOffsetCommitRequestPartition> known = new ArrayList<>();
    String name = view == null ? topic.name() : view.name();
    Uuid id = topic.topicId();
    Errors missing =
        byId && view == null ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION;
    for (TxnOffsetCommitRequestPartition partition : topic.partitions()) {
      if (KnownTopics.has(view, partition.partitionIndex())) {
        known.add(partition);
      } else {
        response.addPartition(id, name, partition.partitionIndex(), missing);
      }
    }
    return new TxnOffsetCommitRequestTopic().setTopicId(id).setName(name).setPartitions(known);
  }
}
