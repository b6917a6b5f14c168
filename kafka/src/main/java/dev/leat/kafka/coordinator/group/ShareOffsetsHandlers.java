package dev.leat.kafka.coordinator.group;

import static dev.leat.kafka.dispatch.ApiHandler.later;

import dev.leat.broker.runtime.TopicDirectory;
import dev.leat.kafka.dispatch.ApiRegistry;
import dev.leat.kafka.view.TopicFinder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData.AlterShareGroupOffsetsRequestTopic;
import org.apache.kafka.common.message.AlterShareGroupOffsetsRequestData.AlterShareGroupOffsetsRequestTopicCollection;
import org.apache.kafka.common.message.AlterShareGroupOffsetsResponseData.AlterShareGroupOffsetsResponsePartition;
import org.apache.kafka.common.message.AlterShareGroupOffsetsResponseData.AlterShareGroupOffsetsResponseTopic;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsRequestData;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsRequestData.DeleteShareGroupOffsetsRequestTopic;
import org.apache.kafka.common.message.DeleteShareGroupOffsetsResponseData.DeleteShareGroupOffsetsResponseTopic;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsRequestData.DescribeShareGroupOffsetsRequestGroup;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsResponseData;
import org.apache.kafka.common.message.DescribeShareGroupOffsetsResponseData.DescribeShareGroupOffsetsResponseGroup;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.AlterShareGroupOffsetsRequest;
import org.apache.kafka.common.requests.AlterShareGroupOffsetsResponse;
import org.apache.kafka.common.requests.DeleteShareGroupOffsetsRequest;
import org.apache.kafka.common.requests.DeleteShareGroupOffsetsResponse;
import org.apache.kafka.common.requests.DescribeShareGroupOffsetsRequest;
import org.apache.kafka.common.requests.DescribeShareGroupOffsetsResponse;
import org.apache.kafka.common.requests.RequestContext;

/** Where share groups are in their partitions: told, moved and forgotten. */
final class ShareOffsetsHandlers {
  private final GroupCalls groups;
  private final TopicFinder topics;

  ShareOffsetsHandlers(GroupCalls groups, TopicFinder topics) {
    this.groups = groups;
    this.topics = topics;
  }

  void register(ApiRegistry registry) {
    registry.add(
        ApiKeys.DESCRIBE_SHARE_GROUP_OFFSETS,
        later(DescribeShareGroupOffsetsRequest.class, this::describe));
    registry.add(
        ApiKeys.ALTER_SHARE_GROUP_OFFSETS, later(AlterShareGroupOffsetsRequest.class, this::alter));
    registry.add(
        ApiKeys.DELETE_SHARE_GROUP_OFFSETS,
        later(DeleteShareGroupOffsetsRequest.class, this::delete));
  }

  private CompletionStage<AbstractResponse> describe(
      RequestContext context, DescribeShareGroupOffsetsRequest request) {
    List<CompletableFuture<DescribeShareGroupOffsetsResponseGroup>> answers =
        request.groups().stream().map(group -> describe(context, group)).toList();
    return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
        .thenApply(
            done ->
                new DescribeShareGroupOffsetsResponse(
                    new DescribeShareGroupOffsetsResponseData()
                        .setGroups(answers.stream().map(CompletableFuture::resultNow).toList())));
  }

  private CompletableFuture<DescribeShareGroupOffsetsResponseGroup> describe(
      RequestContext context, DescribeShareGroupOffsetsRequestGroup group) {
    return groups
        .coordinator()
        .thenCompose(
            coordinator ->
                group.topics() == null
                    ? coordinator.describeShareGroupAllOffsets(context, group)
                    : coordinator.describeShareGroupOffsets(context, group))
        .exceptionally(
            failure ->
                DescribeShareGroupOffsetsRequest.getErrorDescribedGroup(
                    group.groupId(), Errors.forException(GroupCalls.apiError(failure))))
        .toCompletableFuture();
  }

  private CompletionStage<AbstractResponse> alter(
      RequestContext context, AlterShareGroupOffsetsRequest request) {
    AlterShareGroupOffsetsRequestTopicCollection known =
        new AlterShareGroupOffsetsRequestTopicCollection();
    List<AlterShareGroupOffsetsResponseTopic> unknown = new ArrayList<>();
    for (AlterShareGroupOffsetsRequestTopic topic : request.data().topics()) {
      if (topics.find(topic.topicName(), Uuid.ZERO_UUID) == null) {
        unknown.add(unknown(topic));
      } else {
        known.add(topic.duplicate());
      }
    }
    AlterShareGroupOffsetsRequestData checked =
        new AlterShareGroupOffsetsRequestData()
            .setGroupId(request.data().groupId())
            .setTopics(known);
    return groups.ask(
        request,
        coordinator ->
            coordinator.alterShareGroupOffsets(context, request.data().groupId(), checked),
        answer -> {
          unknown.forEach(answer.responses()::add);
          return new AlterShareGroupOffsetsResponse(answer);
        });
  }

  private static AlterShareGroupOffsetsResponseTopic unknown(
      AlterShareGroupOffsetsRequestTopic topic) {
    return new AlterShareGroupOffsetsResponseTopic()
        .setTopicName(topic.topicName())
        .setPartitions(
            topic.partitions().stream()
                .map(
                    partition ->
                        new AlterShareGroupOffsetsResponsePartition()
                            .setPartitionIndex(partition.partitionIndex())
                            .setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code())
                            .setErrorMessage(Errors.UNKNOWN_TOPIC_OR_PARTITION.message()))
                .toList());
  }

  private CompletionStage<AbstractResponse> delete(
      RequestContext context, DeleteShareGroupOffsetsRequest request) {
    List<DeleteShareGroupOffsetsRequestTopic> known = new ArrayList<>();
    List<DeleteShareGroupOffsetsResponseTopic> unknown = new ArrayList<>();
    for (DeleteShareGroupOffsetsRequestTopic topic : request.data().topics()) {
      TopicDirectory.Topic found = topics.find(topic.topicName(), Uuid.ZERO_UUID);
      if (found == null) {
        unknown.add(
            new DeleteShareGroupOffsetsResponseTopic()
                .setTopicName(topic.topicName())
                .setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code())
                .setErrorMessage(Errors.UNKNOWN_TOPIC_OR_PARTITION.message()));
      } else {
        known.add(topic);
      }
    }
    DeleteShareGroupOffsetsRequestData checked =
        new DeleteShareGroupOffsetsRequestData()
            .setGroupId(request.data().groupId())
            .setTopics(known);
    return groups.ask(
        request,
        coordinator -> coordinator.deleteShareGroupOffsets(context, checked),
        answer -> {
          List<DeleteShareGroupOffsetsResponseTopic> all = new ArrayList<>(answer.responses());
          all.addAll(unknown);
          return new DeleteShareGroupOffsetsResponse(answer.setResponses(all));
        });
  }
}
