package dev.leat.kafka.coordinator.group;

import dev.leat.broker.runtime.TopicDirectory;
import dev.leat.kafka.view.TopicFinder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.OffsetCommitRequest;
import org.apache.kafka.common.requests.OffsetCommitResponse;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.jspecify.annotations.Nullable;

/**
 * OffsetCommit. Partitions that do not exist are refused one by one; the rest goes to the
 * coordinator.
 */
final class OffsetCommitHandler {
  /** From this version on, topics are named by their id. */
  private static final short BY_ID = 10;

  private final GroupCalls groups;
  private final TopicFinder topics;

  OffsetCommitHandler(GroupCalls groups, TopicFinder topics) {
    this.groups = groups;
    this.topics = topics;
  }

  CompletionStage<AbstractResponse> handle(RequestContext context, OffsetCommitRequest request) {
    OffsetCommitRequestData data = request.data();
    boolean byId = request.version() >= BY_ID;
    OffsetCommitResponse.Builder response = OffsetCommitResponse.newBuilder(byId);
    List<OffsetCommitRequestTopic> known = new ArrayList<>();
    for (OffsetCommitRequestTopic topic : data.topics()) {
      TopicDirectory.Topic found =
          byId ? topics.find(topic.topicId()) : topics.find(topic.name(), Uuid.ZERO_UUID);
      OffsetCommitRequestTopic rest = known(topic, found, byId, response);
      if (!rest.partitions().isEmpty()) {
        known.add(rest);
      }
    }
    if (known.isEmpty()) {
      return CompletableFuture.completedStage(response.build());
    }
    OffsetCommitRequestData checked = data.duplicate().setTopics(known);
    return groups.ask(
        request,
        coordinator -> coordinator.commitOffsets(context, checked, BufferSupplier.NO_CACHING),
        answer -> response.merge(answer).build());
  }

  /** What of a topic exists; the rest is refused in the response. */
  private static OffsetCommitRequestTopic known(
      OffsetCommitRequestTopic topic,
      TopicDirectory.@Nullable Topic found,
      boolean byId,
      OffsetCommitResponse.Builder response) {
    List<OffsetCommitRequestPartition> known = new ArrayList<>();
    String name = found == null ? topic.name() : found.view().name();
    Uuid id = topic.topicId();
    Errors missing =
        byId && found == null ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION;
    for (OffsetCommitRequestPartition partition : topic.partitions()) {
      if (GroupCalls.has(found, partition.partitionIndex())) {
        known.add(partition);
      } else {
        response.addPartition(id, name, partition.partitionIndex(), missing);
      }
    }
    return new OffsetCommitRequestTopic().setTopicId(id).setName(name).setPartitions(known);
  }
}
