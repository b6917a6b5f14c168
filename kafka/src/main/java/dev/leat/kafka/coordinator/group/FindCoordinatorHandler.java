package dev.leat.kafka.coordinator.group;

import dev.leat.broker.runtime.view.GroupView;
import dev.leat.kafka.coordinator.InternalTopic;
import dev.leat.kafka.coordinator.InternalTopics;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.FindCoordinatorRequest;
import org.apache.kafka.common.requests.FindCoordinatorRequest.CoordinatorType;
import org.apache.kafka.common.requests.FindCoordinatorResponse;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.server.share.SharePartitionKey;

/**
 * FindCoordinator: the broker that leads the partition in which a group, transaction or share
 * partition lies. The first one asked for makes the topic.
 */
final class FindCoordinatorHandler {
  private final InternalTopics topics;
  private final Endpoints endpoints;

  FindCoordinatorHandler(InternalTopics topics, Endpoints endpoints) {
    this.topics = topics;
    this.endpoints = endpoints;
  }

  CompletionStage<AbstractResponse> handle(RequestContext context, FindCoordinatorRequest request) {
    FindCoordinatorRequestData data = request.data();
    boolean batched = request.version() >= FindCoordinatorRequest.MIN_BATCHED_VERSION;
    List<String> keys = batched ? data.coordinatorKeys() : List.of(data.key());
    CoordinatorType type;
    try {
      type = CoordinatorType.forId(data.keyType());
    } catch (InvalidRequestException unknown) {
      return CompletableFuture.completedStage(request.getErrorResponse(unknown));
    }
    return topics
        .ensure(topicOf(type))
        .handle(
            (topic, failure) ->
                keys.stream()
                    .map(
                        key ->
                            failure == null
                                ? find(context, type, key)
                                : notAvailable(key, String.valueOf(failure.getMessage())))
                    .toList())
        .thenApply(found -> batched ? response(found) : oldResponse(found.getFirst()));
  }

  private static InternalTopic topicOf(CoordinatorType type) {
    return switch (type) {
      case GROUP -> InternalTopic.CONSUMER_OFFSETS;
      case TRANSACTION -> InternalTopic.TRANSACTION_STATE;
      case SHARE -> InternalTopic.SHARE_GROUP_STATE;
    };
  }

  private Coordinator find(RequestContext context, CoordinatorType type, String key) {
    String hashed = key;
    if (type == CoordinatorType.SHARE) {
      try {
        hashed = SharePartitionKey.getInstance(key).asCoordinatorKey();
      } catch (IllegalArgumentException malformed) {
        return failed(key, Errors.INVALID_REQUEST, String.valueOf(malformed.getMessage()));
      }
    }
    int partition = Utils.abs(hashed.hashCode()) % InternalTopic.PARTITIONS;
    int leader = topics.leaderOf(topicOf(type), partition);
    Node node = leader == GroupView.NO_LEADER ? null : endpoints.node(context, leader);
    return node == null
        ? notAvailable(key, "partition " + partition + " has no leader now; try again")
        : new Coordinator()
            .setKey(key)
            .setNodeId(node.id())
            .setHost(node.host())
            .setPort(node.port())
            .setErrorCode(Errors.NONE.code())
            .setErrorMessage("");
  }

  private static Coordinator notAvailable(String key, String why) {
    return failed(key, Errors.COORDINATOR_NOT_AVAILABLE, why);
  }

  private static Coordinator failed(String key, Errors error, String why) {
    return FindCoordinatorResponse.prepareCoordinatorResponse(error, key, Node.noNode())
        .setErrorMessage(why);
  }

  private static AbstractResponse response(List<Coordinator> found) {
    return new FindCoordinatorResponse(new FindCoordinatorResponseData().setCoordinators(found));
  }

  private static AbstractResponse oldResponse(Coordinator found) {
    return new FindCoordinatorResponse(
        new FindCoordinatorResponseData()
            .setErrorCode(found.errorCode())
            .setErrorMessage(found.errorMessage())
            .setNodeId(found.nodeId())
            .setHost(found.host())
            .setPort(found.port()));
  }
}
