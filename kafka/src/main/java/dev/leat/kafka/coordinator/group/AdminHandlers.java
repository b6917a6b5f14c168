package dev.leat.kafka.coordinator.group;

import static dev.leat.kafka.dispatch.ApiHandler.later;

import dev.leat.kafka.dispatch.ApiRegistry;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.ShareGroupDescribeResponseData;
import org.apache.kafka.common.message.StreamsGroupDescribeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ConsumerGroupDescribeRequest;
import org.apache.kafka.common.requests.ConsumerGroupDescribeResponse;
import org.apache.kafka.common.requests.DeleteGroupsRequest;
import org.apache.kafka.common.requests.DeleteGroupsResponse;
import org.apache.kafka.common.requests.DescribeGroupsRequest;
import org.apache.kafka.common.requests.DescribeGroupsResponse;
import org.apache.kafka.common.requests.ListGroupsRequest;
import org.apache.kafka.common.requests.ListGroupsResponse;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.requests.ShareGroupDescribeRequest;
import org.apache.kafka.common.requests.ShareGroupDescribeResponse;
import org.apache.kafka.common.requests.StreamsGroupDescribeRequest;
import org.apache.kafka.common.requests.StreamsGroupDescribeResponse;
import org.apache.kafka.common.utils.internals.BufferSupplier;

/** Groups are listed, described and deleted. */
final class AdminHandlers {
  private final GroupCalls groups;

  AdminHandlers(GroupCalls groups) {
    this.groups = groups;
  }

  void register(ApiRegistry registry) {
    registry.add(ApiKeys.LIST_GROUPS, later(ListGroupsRequest.class, this::list));
    registry.add(ApiKeys.DELETE_GROUPS, later(DeleteGroupsRequest.class, this::delete));
    registry.add(ApiKeys.DESCRIBE_GROUPS, later(DescribeGroupsRequest.class, this::classic));
    registry.add(
        ApiKeys.CONSUMER_GROUP_DESCRIBE, later(ConsumerGroupDescribeRequest.class, this::consumer));
    registry.add(ApiKeys.SHARE_GROUP_DESCRIBE, later(ShareGroupDescribeRequest.class, this::share));
    registry.add(
        ApiKeys.STREAMS_GROUP_DESCRIBE, later(StreamsGroupDescribeRequest.class, this::streams));
  }

  private CompletionStage<AbstractResponse> list(
      RequestContext context, ListGroupsRequest request) {
    return groups.mayHaveGroups()
        ? groups.ask(
            request,
            coordinator -> coordinator.listGroups(context, request.data()),
            ListGroupsResponse::new)
        : CompletableFuture.completedStage(new ListGroupsResponse(new ListGroupsResponseData()));
  }

  private CompletionStage<AbstractResponse> delete(
      RequestContext context, DeleteGroupsRequest request) {
    return groups.ask(
        request,
        coordinator ->
            coordinator.deleteGroups(
                context, request.data().groupsNames(), BufferSupplier.NO_CACHING),
        results -> new DeleteGroupsResponse(new DeleteGroupsResponseData().setResults(results)));
  }

  private CompletionStage<AbstractResponse> classic(
      RequestContext context, DescribeGroupsRequest request) {
    return groups.ask(
        request,
        coordinator -> coordinator.describeGroups(context, request.data().groups()),
        found -> new DescribeGroupsResponse(new DescribeGroupsResponseData().setGroups(found)));
  }

  private CompletionStage<AbstractResponse> consumer(
      RequestContext context, ConsumerGroupDescribeRequest request) {
    return groups.ask(
        request,
        coordinator -> coordinator.consumerGroupDescribe(context, request.data().groupIds()),
        found ->
            new ConsumerGroupDescribeResponse(
                new ConsumerGroupDescribeResponseData().setGroups(found)));
  }

  private CompletionStage<AbstractResponse> share(
      RequestContext context, ShareGroupDescribeRequest request) {
    return groups.ask(
        request,
        coordinator -> coordinator.shareGroupDescribe(context, request.data().groupIds()),
        found ->
            new ShareGroupDescribeResponse(new ShareGroupDescribeResponseData().setGroups(found)));
  }

  private CompletionStage<AbstractResponse> streams(
      RequestContext context, StreamsGroupDescribeRequest request) {
    return groups.ask(
        request,
        coordinator ->
            coordinator.streamsGroupDescribe(
                context, request.data().groupIds(), request.data().includeTopologyDescription()),
        found ->
            new StreamsGroupDescribeResponse(
                new StreamsGroupDescribeResponseData().setGroups(found)));
  }
}
