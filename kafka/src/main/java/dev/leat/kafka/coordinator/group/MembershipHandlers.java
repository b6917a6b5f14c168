package dev.leat.kafka.coordinator.group;

import static dev.leat.kafka.dispatch.ApiHandler.later;

import dev.leat.kafka.dispatch.ApiRegistry;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ConsumerGroupHeartbeatRequest;
import org.apache.kafka.common.requests.ConsumerGroupHeartbeatResponse;
import org.apache.kafka.common.requests.HeartbeatRequest;
import org.apache.kafka.common.requests.HeartbeatResponse;
import org.apache.kafka.common.requests.JoinGroupRequest;
import org.apache.kafka.common.requests.JoinGroupResponse;
import org.apache.kafka.common.requests.LeaveGroupRequest;
import org.apache.kafka.common.requests.LeaveGroupResponse;
import org.apache.kafka.common.requests.ShareGroupHeartbeatRequest;
import org.apache.kafka.common.requests.ShareGroupHeartbeatResponse;
import org.apache.kafka.common.requests.StreamsGroupHeartbeatRequest;
import org.apache.kafka.common.requests.StreamsGroupHeartbeatResponse;
import org.apache.kafka.common.requests.SyncGroupRequest;
import org.apache.kafka.common.requests.SyncGroupResponse;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.apache.kafka.coordinator.group.streams.StreamsGroupHeartbeatResult;

/** Members join, report and leave. */
final class MembershipHandlers {
  private final GroupCalls groups;
  private final Consumer<CreatableTopic> topicMaker;

  /**
   * Handlers.
   *
   * @param topicMaker makes a topic that a topology of Kafka Streams needs, in the background: the
   *     member hears of it with a later heartbeat
   */
  MembershipHandlers(GroupCalls groups, Consumer<CreatableTopic> topicMaker) {
    this.groups = groups;
    this.topicMaker = topicMaker;
  }

  void register(ApiRegistry registry) {
    registerClassic(registry);
    registry.add(
        ApiKeys.CONSUMER_GROUP_HEARTBEAT,
        later(
            ConsumerGroupHeartbeatRequest.class,
            (context, request) ->
                groups.ask(
                    request,
                    coordinator -> coordinator.consumerGroupHeartbeat(context, request.data()),
                    ConsumerGroupHeartbeatResponse::new)));
    registry.add(
        ApiKeys.SHARE_GROUP_HEARTBEAT,
        later(
            ShareGroupHeartbeatRequest.class,
            (context, request) ->
                groups.ask(
                    request,
                    coordinator -> coordinator.shareGroupHeartbeat(context, request.data()),
                    ShareGroupHeartbeatResponse::new)));
    registry.add(
        ApiKeys.STREAMS_GROUP_HEARTBEAT,
        later(
            StreamsGroupHeartbeatRequest.class,
            (context, request) ->
                groups.ask(
                    request,
                    coordinator -> coordinator.streamsGroupHeartbeat(context, request.data()),
                    this::streamsResponse)));
  }

  private void registerClassic(ApiRegistry registry) {
    registry.add(
        ApiKeys.JOIN_GROUP,
        later(
            JoinGroupRequest.class,
            (context, request) ->
                groups.ask(
                    request,
                    coordinator ->
                        coordinator.joinGroup(context, request.data(), BufferSupplier.NO_CACHING),
                    data -> new JoinGroupResponse(data, request.version()))));
    registry.add(
        ApiKeys.SYNC_GROUP,
        later(
            SyncGroupRequest.class,
            (context, request) ->
                request.areMandatoryProtocolTypeAndNamePresent()
                    ? groups.ask(
                        request,
                        coordinator ->
                            coordinator.syncGroup(
                                context, request.data(), BufferSupplier.NO_CACHING),
                        SyncGroupResponse::new)
                    : CompletableFuture.completedStage(
                        request.getErrorResponse(Errors.INCONSISTENT_GROUP_PROTOCOL.exception()))));
    registry.add(
        ApiKeys.HEARTBEAT,
        later(
            HeartbeatRequest.class,
            (context, request) ->
                groups.ask(
                    request,
                    coordinator -> coordinator.heartbeat(context, request.data()),
                    HeartbeatResponse::new)));
    registry.add(
        ApiKeys.LEAVE_GROUP,
        later(
            LeaveGroupRequest.class,
            (context, request) ->
                groups.ask(
                    request,
                    coordinator -> coordinator.leaveGroup(context, request.normalizedData()),
                    data -> new LeaveGroupResponse(data, request.version()))));
  }

  private StreamsGroupHeartbeatResponse streamsResponse(StreamsGroupHeartbeatResult result) {
    result.creatableTopics().values().forEach(topicMaker);
    return new StreamsGroupHeartbeatResponse(result.data());
  }
}
