package dev.leat.kafka.coordinator.group;

import dev.leat.broker.runtime.TopicDirectory;
import dev.leat.kafka.view.TopicFinder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopicCollection;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.OffsetDeleteRequest;
import org.apache.kafka.common.requests.OffsetDeleteResponse;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.utils.internals.BufferSupplier;

/** OffsetDelete. Partitions that do not exist are refused one by one. */
final class OffsetDeleteHandler {
  private final GroupCalls groups;
  private final TopicFinder topics;

  OffsetDeleteHandler(GroupCalls groups, TopicFinder topics) {
    this.groups = groups;
    this.topics = topics;
  }

  CompletionStage<AbstractResponse> handle(RequestContext context, OffsetDeleteRequest request) {
    OffsetDeleteRequestData data = request.data();
    OffsetDeleteResponse.Builder response = new OffsetDeleteResponse.Builder();
    OffsetDeleteRequestTopicCollection known = new OffsetDeleteRequestTopicCollection();
    for (OffsetDeleteRequestTopic topic : data.topics()) {
      TopicDirectory.Topic found = topics.find(topic.name(), Uuid.ZERO_UUID);
      List<OffsetDeleteRequestPartition> partitions = new ArrayList<>();
      for (OffsetDeleteRequestPartition partition : topic.partitions()) {
        int index = partition.partitionIndex();
        if (GroupCalls.has(found, index)) {
          partitions.add(partition);
        } else {
          response.addPartition(topic.name(), index, Errors.UNKNOWN_TOPIC_OR_PARTITION);
        }
      }
      if (!partitions.isEmpty()) {
        known.add(new OffsetDeleteRequestTopic().setName(topic.name()).setPartitions(partitions));
      }
    }
    if (known.isEmpty() && !data.topics().isEmpty()) {
      return CompletableFuture.completedStage(response.build());
    }
    OffsetDeleteRequestData checked =
        new OffsetDeleteRequestData().setGroupId(data.groupId()).setTopics(known);
    return groups.ask(
        request,
        coordinator -> coordinator.deleteOffsets(context, checked, BufferSupplier.NO_CACHING),
        answer -> response.merge(answer).build());
  }
}
