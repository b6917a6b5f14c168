package dev.leat.kafka.coordinator.group;

import dev.leat.broker.runtime.TopicDirectory;
import dev.leat.kafka.coordinator.TopicImages;
import dev.leat.kafka.view.TopicFinder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.OffsetFetchRequest;
import org.apache.kafka.common.requests.OffsetFetchResponse;
import org.apache.kafka.common.requests.RequestContext;

/** OffsetFetch, for any number of groups. */
final class OffsetFetchHandler {
  private final GroupCalls groups;
  private final TopicFinder topics;

  OffsetFetchHandler(GroupCalls groups, TopicFinder topics) {
    this.groups = groups;
    this.topics = topics;
  }

  CompletionStage<AbstractResponse> handle(RequestContext context, OffsetFetchRequest request) {
    boolean byId = OffsetFetchRequest.useTopicIds(request.version());
    List<CompletableFuture<OffsetFetchResponseGroup>> answers =
        request.groups().stream()
            .map(group -> fetch(context, group, request.requireStable(), byId))
            .toList();
    return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
        .thenApply(
            done ->
                new OffsetFetchResponse.Builder(
                        answers.stream().map(CompletableFuture::resultNow).toList())
                    .build(request.version()));
  }

  private CompletableFuture<OffsetFetchResponseGroup> fetch(
      RequestContext context, OffsetFetchRequestGroup group, boolean stable, boolean byId) {
    List<OffsetFetchResponseTopics> unknown = new ArrayList<>();
    if (byId && group.topics() != null) {
      group.setTopics(named(group.topics(), unknown));
    }
    return groups
        .coordinator()
        .thenCompose(coordinator -> coordinator.fetchOffsets(context, group, stable))
        .thenApply(answer -> complete(answer, byId, unknown))
        .exceptionally(failure -> failed(group, failure))
        .toCompletableFuture();
  }

  /** The topics with their names; those that do not exist go to {@code unknown}. */
  private List<OffsetFetchRequestTopics> named(
      List<OffsetFetchRequestTopics> asked, List<OffsetFetchResponseTopics> unknown) {
    List<OffsetFetchRequestTopics> named = new ArrayList<>(asked.size());
    for (OffsetFetchRequestTopics topic : asked) {
      TopicDirectory.Topic found = topics.find(topic.topicId());
      if (found != null) {
        named.add(topic.setName(found.view().name()));
      } else {
        unknown.add(
            new OffsetFetchResponseTopics()
                .setTopicId(topic.topicId())
                .setPartitions(
                    topic.partitionIndexes().stream().map(OffsetFetchHandler::unknown).toList()));
      }
    }
    return named;
  }

  private static OffsetFetchResponsePartitions unknown(int partition) {
    return new OffsetFetchResponsePartitions()
        .setPartitionIndex(partition)
        .setCommittedOffset(OffsetFetchResponse.INVALID_OFFSET)
        .setCommittedLeaderEpoch(-1)
        .setMetadata(OffsetFetchResponse.NO_METADATA)
        .setErrorCode(Errors.UNKNOWN_TOPIC_ID.code());
  }

  private OffsetFetchResponseGroup complete(
      OffsetFetchResponseGroup answer, boolean byId, List<OffsetFetchResponseTopics> unknown) {
    if (!byId || answer.errorCode() != Errors.NONE.code()) {
      return answer;
    }
    List<OffsetFetchResponseTopics> all = new ArrayList<>(unknown);
    for (OffsetFetchResponseTopics topic : answer.topics()) {
      TopicDirectory.Topic found = topics.find(topic.name(), Uuid.ZERO_UUID);
      // Offsets of a deleted topic have no id to be told by.
      if (found != null) {
        all.add(topic.setTopicId(TopicImages.id(found.view())));
      }
    }
    return answer.setTopics(all);
  }

  private static OffsetFetchResponseGroup failed(OffsetFetchRequestGroup group, Throwable failure) {
    return new OffsetFetchResponseGroup()
        .setGroupId(group.groupId())
        .setErrorCode(Errors.forException(GroupCalls.apiError(failure)).code());
  }
}
