package dev.leat.client.internal.admin;

import dev.leat.client.Position;
import dev.leat.client.TopicPartition;
import dev.leat.client.admin.GroupDescription;
import dev.leat.client.admin.GroupListing;
import dev.leat.client.admin.GroupMemberDescription;
import dev.leat.client.admin.GroupProgress;
import dev.leat.client.admin.PartitionOffsets;
import dev.leat.client.internal.net.Failures;
import dev.leat.client.internal.net.Session;
import dev.leat.v1.BrokerAddress;
import dev.leat.v1.CommittedOffset;
import dev.leat.v1.DeleteGroupRequest;
import dev.leat.v1.DescribeGroupRequest;
import dev.leat.v1.DescribeGroupResponse;
import dev.leat.v1.GroupMember;
import dev.leat.v1.GroupOffset;
import dev.leat.v1.GroupServiceGrpc;
import dev.leat.v1.ListGroupsRequest;
import dev.leat.v1.LocateGroupRequest;
import dev.leat.v1.SetOffsetsRequest;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Asks brokers about groups: finds a group's coordinator first, and again when it has moved. */
public final class GroupCalls {
  private final Session session;
  private final AdminCore admin;

  /** For a session. */
  public GroupCalls(Session session) {
    this.session = session;
    this.admin = new AdminCore(session);
  }

  /** Address of the broker with which a group lies. */
  public String locate(String group) {
    return locate(group, session.config().requestTimeout());
  }

  private String locate(String group, Duration timeout) {
    BrokerAddress found =
        admin
            .call(
                GroupServiceGrpc.getLocateGroupMethod(),
                LocateGroupRequest.newBuilder().setGroup(group).build(),
                timeout)
            .getCoordinator();
    return found.getHost() + ":" + found.getPort();
  }

  /** First stored offsets of partitions. */
  public Map<TopicPartition, Long> firstOffsets(Map<TopicPartition, Position> partitions) {
    Map<TopicPartition, Long> first = new HashMap<>();
    new OffsetSearch(session)
        .find(partitions)
        .forEach((partition, offsets) -> first.put(partition, offsets.logStartOffset()));
    return first;
  }

  List<GroupListing> list() {
    SortedMap<String, GroupListing> groups = new TreeMap<>();
    for (String address : session.cluster().addresses()) {
      askAt(address, GroupServiceGrpc.getListGroupsMethod(), ListGroupsRequest.getDefaultInstance())
          .getGroupsList()
          .forEach(
              group ->
                  groups.put(
                      group.getGroup(),
                      new GroupListing(group.getGroup(), group.getType(), group.getState())));
    }
    return List.copyOf(groups.values());
  }

  GroupDescription describe(String group) {
    DescribeGroupResponse found =
        askCoordinator(
            group,
            GroupServiceGrpc.getDescribeGroupMethod(),
            DescribeGroupRequest.newBuilder().setGroup(group).build());
    return new GroupDescription(
        new GroupListing(
            found.getGroup().getGroup(), found.getGroup().getType(), found.getGroup().getState()),
        found.getMembersList().stream().map(GroupCalls::member).toList(),
        progress(found.getOffsetsList()));
  }

  private static GroupMemberDescription member(GroupMember member) {
    return new GroupMemberDescription(
        member.getMemberId(),
        member.getInstanceId(),
        member.getClientId(),
        member.getHost(),
        member.getPartitionsList().stream()
            .map(partition -> new TopicPartition(partition.getTopic(), partition.getPartition()))
            .toList());
  }

  /** Ends that the coordinator does not know, as others lead those partitions, are asked for. */
  private SortedMap<TopicPartition, GroupProgress> progress(List<CommittedOffset> offsets) {
    SortedMap<TopicPartition, GroupProgress> progress = new TreeMap<>();
    Map<TopicPartition, Position> ends = new HashMap<>();
    for (CommittedOffset committed : offsets) {
      TopicPartition partition = new TopicPartition(committed.getTopic(), committed.getPartition());
      progress.put(
          partition, new GroupProgress(committed.getOffset(), committed.getHighWatermark()));
      if (committed.getHighWatermark() < 0
          && session.cluster().topic(committed.getTopic()).isPresent()) {
        ends.put(partition, Position.latest());
      }
    }
    if (!ends.isEmpty()) {
      Map<TopicPartition, PartitionOffsets> found = new OffsetSearch(session).find(ends);
      found.forEach(
          (partition, end) ->
              progress.computeIfPresent(
                  partition,
                  (same, known) -> new GroupProgress(known.offset(), end.highWatermark())));
    }
    return progress;
  }

  void setOffsets(String group, Map<TopicPartition, Long> offsets) {
    SetOffsetsRequest.Builder request = SetOffsetsRequest.newBuilder().setGroup(group);
    offsets.forEach(
        (partition, offset) ->
            request.addOffsets(
                GroupOffset.newBuilder()
                    .setTopic(partition.topic())
                    .setPartition(partition.partition())
                    .setOffset(offset)));
    askCoordinator(group, GroupServiceGrpc.getSetOffsetsMethod(), request.build());
  }

  void delete(String group) {
    askCoordinator(
        group,
        GroupServiceGrpc.getDeleteGroupMethod(),
        DeleteGroupRequest.newBuilder().setGroup(group).build());
  }

  private <Q, A> A askCoordinator(String group, MethodDescriptor<Q, A> method, Q request) {
    return new CoordinatorCall(
            session, admin, timeout -> locate(group, timeout), session.config().requestTimeout())
        .ask(method, request);
  }

  private <Q, A> A askAt(String address, MethodDescriptor<Q, A> method, Q request) {
    try {
      return admin.ask(address, method, request, session.config().requestTimeout().toNanos());
    } catch (StatusRuntimeException e) {
      throw Failures.of(e, address);
    }
  }
}
