package dev.leat.broker.transport;

import dev.leat.broker.runtime.Answer;
import dev.leat.broker.runtime.BrokerApi;
import dev.leat.broker.runtime.LivePartition;
import dev.leat.broker.runtime.RequestError;
import dev.leat.broker.runtime.groups.GroupCoordination;
import dev.leat.broker.runtime.groups.GroupCoordination.Offset;
import dev.leat.broker.runtime.groups.GroupCoordination.Slot;
import dev.leat.broker.runtime.groups.LazyRoster;
import dev.leat.v1.CommittedOffset;
import dev.leat.v1.ConsumeRequest;
import dev.leat.v1.ConsumeResponse;
import dev.leat.v1.DeleteGroupRequest;
import dev.leat.v1.DeleteGroupResponse;
import dev.leat.v1.DescribeGroupRequest;
import dev.leat.v1.DescribeGroupResponse;
import dev.leat.v1.GroupListing;
import dev.leat.v1.GroupMember;
import dev.leat.v1.GroupOffset;
import dev.leat.v1.GroupPartition;
import dev.leat.v1.GroupServiceGrpc;
import dev.leat.v1.ListGroupsRequest;
import dev.leat.v1.ListGroupsResponse;
import dev.leat.v1.LocateGroupRequest;
import dev.leat.v1.LocateGroupResponse;
import dev.leat.v1.SetOffsetsRequest;
import dev.leat.v1.SetOffsetsResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;

/** {@code leat.v1.GroupService}. */
public final class GroupAdapter extends GroupServiceGrpc.GroupServiceImplBase {
  private final BrokerApi broker;
  private final Errors errors;
  private final LazyRoster roster;

  /** The service. */
  public GroupAdapter(BrokerApi broker, Errors errors, LazyRoster roster) {
    this.broker = broker;
    this.errors = errors;
    this.roster = roster;
  }

  @Override
  public StreamObserver<ConsumeRequest> consume(StreamObserver<ConsumeResponse> responses) {
    return new ConsumeCall(
        (ServerCallStreamObserver<ConsumeResponse>) responses,
        broker,
        errors,
        roster,
        PrincipalInterceptor.current());
  }

  @Override
  public void locateGroup(
      LocateGroupRequest request, StreamObserver<LocateGroupResponse> responses) {
    Responses.send(
        ask(groups -> groups.locate(request.getGroup()))
            .thenApply(located -> Answers.addressed(broker.metadata(), located)),
        address -> LocateGroupResponse.newBuilder().setCoordinator(address).build(),
        responses);
  }

  @Override
  public void listGroups(ListGroupsRequest request, StreamObserver<ListGroupsResponse> responses) {
    Responses.send(
        ask(GroupCoordination::list),
        found ->
            ListGroupsResponse.newBuilder()
                .addAllGroups(found.stream().map(GroupAdapter::listing).toList())
                .build(),
        responses);
  }

  @Override
  public void describeGroup(
      DescribeGroupRequest request, StreamObserver<DescribeGroupResponse> responses) {
    String group = request.getGroup();
    Responses.send(
        ask(groups -> groups.describe(group))
            .thenCompose(
                answer ->
                    switch (answer) {
                      case Answer.Refused<GroupCoordination.Description>(RequestError error) ->
                          CompletableFuture.completedStage(
                              new Answer.Refused<DescribeGroupResponse>(error));
                      case Answer.Ok<GroupCoordination.Description>(var found) ->
                          ask(groups -> groups.committed(group))
                              .thenApply(offsets -> described(found, offsets));
                    }),
        Function.identity(),
        responses);
  }

  private Answer<DescribeGroupResponse> described(
      GroupCoordination.Description found, Answer<Map<Slot, Offset>> offsets) {
    DescribeGroupResponse.Builder response =
        DescribeGroupResponse.newBuilder()
            .setGroup(listing(found.listing()))
            .addAllMembers(found.members().stream().map(GroupAdapter::member).toList());
    return switch (offsets) {
      case Answer.Refused<Map<Slot, Offset>>(RequestError error) -> new Answer.Refused<>(error);
      case Answer.Ok<Map<Slot, Offset>>(var committed) -> {
        committed.forEach((slot, offset) -> response.addOffsets(committed(slot, offset)));
        yield new Answer.Ok<>(response.build());
      }
    };
  }

  private CommittedOffset committed(Slot slot, Offset offset) {
    LivePartition led = broker.topics().findLed(slot.topic(), slot.partition());
    return CommittedOffset.newBuilder()
        .setTopic(slot.topic())
        .setPartition(slot.partition())
        .setOffset(offset.offset())
        .setMetadata(offset.metadata())
        .setHighWatermark(led == null ? -1 : led.highWatermark())
        .build();
  }

  @Override
  public void setOffsets(SetOffsetsRequest request, StreamObserver<SetOffsetsResponse> responses) {
    Responses.send(
        ask(groups ->
                groups.commit(
                    request.getGroup(), Optional.empty(), offsets(request.getOffsetsList())))
            .thenApply(GroupAdapter::allTaken),
        refused -> SetOffsetsResponse.getDefaultInstance(),
        responses);
  }

  private static Answer<Map<Slot, String>> allTaken(Answer<Map<Slot, String>> answer) {
    return switch (answer) {
      // A member's commit is told that its epoch is stale; here nobody is a member.
      case Answer.Refused<Map<Slot, String>>(RequestError error)
          when error.code() == RequestError.Code.MEMBER_FENCED ->
          Answer.refused(
              RequestError.Code.GROUP_NOT_EMPTY,
              "the group has members, which commit offsets themselves: stop them first");
      case Answer.Ok<Map<Slot, String>>(var refused) when !refused.isEmpty() ->
          Answer.refused(RequestError.Code.INVALID_REQUEST, "not set: " + refused);
      default -> answer;
    };
  }

  static Map<Slot, Offset> offsets(List<GroupOffset> offsets) {
    return offsets.stream()
        .collect(
            Collectors.toMap(
                offset -> new Slot(offset.getTopic(), offset.getPartition()),
                offset -> new Offset(offset.getOffset(), offset.getMetadata()),
                (first, second) -> second));
  }

  @Override
  public void deleteGroup(
      DeleteGroupRequest request, StreamObserver<DeleteGroupResponse> responses) {
    Responses.send(
        ask(groups -> groups.delete(request.getGroup())),
        name -> DeleteGroupResponse.getDefaultInstance(),
        responses);
  }

  private <T> CompletionStage<Answer<T>> ask(
      Function<GroupCoordination, CompletionStage<Answer<T>>> call) {
    return roster.get().thenCompose(all -> call.apply(all.groups()));
  }

  private static GroupListing listing(GroupCoordination.Listing listing) {
    return GroupListing.newBuilder()
        .setGroup(listing.group())
        .setType(listing.type())
        .setState(listing.state())
        .build();
  }

  private static GroupMember member(GroupCoordination.Member member) {
    return GroupMember.newBuilder()
        .setMemberId(member.id())
        .setInstanceId(member.instanceId())
        .setClientId(member.clientId())
        .setHost(member.host())
        .addAllPartitions(
            member.partitions().stream()
                .map(
                    slot ->
                        GroupPartition.newBuilder()
                            .setTopic(slot.topic())
                            .setPartition(slot.partition())
                            .build())
                .toList())
        .build();
  }
}
