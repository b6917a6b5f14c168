package dev.leat.client.internal.admin;

import dev.leat.client.Position;
import dev.leat.client.TopicPartition;
import dev.leat.client.admin.Admin;
import dev.leat.client.admin.ClusterDescription;
import dev.leat.client.admin.GroupDescription;
import dev.leat.client.admin.GroupListing;
import dev.leat.client.admin.LostGroup;
import dev.leat.client.admin.PartitionOffsets;
import dev.leat.client.admin.RecoveredGroup;
import dev.leat.client.admin.TopicChange;
import dev.leat.client.admin.TopicDescription;
import dev.leat.client.admin.TopicSpec;
import dev.leat.client.error.LeatErrorCode;
import dev.leat.client.error.LeatException;
import dev.leat.client.internal.net.Backoff;
import dev.leat.client.internal.net.Failures;
import dev.leat.client.internal.net.Session;
import dev.leat.v1.ClusterServiceGrpc;
import dev.leat.v1.CreateTopicRequest;
import dev.leat.v1.DeleteRecordsRequest;
import dev.leat.v1.DeleteTopicRequest;
import dev.leat.v1.DescribeClusterRequest;
import dev.leat.v1.DescribeTopicRequest;
import dev.leat.v1.ListLostGroupsRequest;
import dev.leat.v1.ListTopicsRequest;
import dev.leat.v1.RecoverGroupsRequest;
import dev.leat.v1.TopicServiceGrpc;
import dev.leat.v1.WaiveBrokerRequest;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Asks one broker after the other until one answers. */
public final class AdminCore implements Admin {

  private final Session session;

  /** For a session. */
  public AdminCore(Session session) {
    this.session = session;
  }

  @Override
  public TopicDescription createTopic(TopicSpec topic) {
    call(
        TopicServiceGrpc.getCreateTopicMethod(),
        CreateTopicRequest.newBuilder().setTopic(Messages.of(topic)).build());
    return describeTopic(topic.name());
  }

  @Override
  public void validateTopic(TopicSpec topic) {
    call(
        TopicServiceGrpc.getCreateTopicMethod(),
        CreateTopicRequest.newBuilder().setTopic(Messages.of(topic)).setValidateOnly(true).build());
  }

  @Override
  public TopicSpec alterTopic(TopicChange change) {
    return Messages.of(
        call(TopicServiceGrpc.getAlterTopicMethod(), Messages.of(change)).getTopic());
  }

  @Override
  public void deleteTopic(String topic) {
    call(
        TopicServiceGrpc.getDeleteTopicMethod(),
        DeleteTopicRequest.newBuilder().setName(topic).build());
  }

  @Override
  public long deleteRecords(TopicPartition partition, long beforeOffset) {
    checkThread();
    return new LeaderCall(session)
        .ask(
            partition,
            TopicServiceGrpc.getDeleteRecordsMethod(),
            DeleteRecordsRequest.newBuilder()
                .setTopic(partition.topic())
                .setPartition(partition.partition())
                .setBeforeOffset(beforeOffset)
                .build())
        .getLogStartOffset();
  }

  @Override
  public TopicDescription describeTopic(String topic) {
    return Messages.of(
        call(
            TopicServiceGrpc.getDescribeTopicMethod(),
            DescribeTopicRequest.newBuilder().setName(topic).build()));
  }

  @Override
  public List<TopicSpec> listTopics() {
    return call(TopicServiceGrpc.getListTopicsMethod(), ListTopicsRequest.getDefaultInstance())
        .getTopicsList()
        .stream()
        .map(Messages::of)
        .toList();
  }

  @Override
  public ClusterDescription describeCluster() {
    return Messages.of(
        call(
            ClusterServiceGrpc.getDescribeClusterMethod(),
            DescribeClusterRequest.getDefaultInstance()));
  }

  @Override
  public List<LostGroup> listLostGroups() {
    return call(
            ClusterServiceGrpc.getListLostGroupsMethod(),
            ListLostGroupsRequest.getDefaultInstance())
        .getGroupsList()
        .stream()
        .map(Messages::of)
        .toList();
  }

  @Override
  public List<RecoveredGroup> recoverGroupsAcceptingDataLoss(List<Integer> groups) {
    return call(
            ClusterServiceGrpc.getRecoverGroupsMethod(),
            RecoverGroupsRequest.newBuilder().addAllGroups(groups).setAcceptDataLoss(true).build())
        .getGroupsList()
        .stream()
        .map(Messages::of)
        .toList();
  }

  @Override
  public void waiveBrokerAcceptingDataLoss(int broker) {
    call(
        ClusterServiceGrpc.getWaiveBrokerMethod(),
        WaiveBrokerRequest.newBuilder().setBroker(broker).setAcceptDataLoss(true).build());
  }

  @Override
  public Map<TopicPartition, PartitionOffsets> listOffsets(
      Map<TopicPartition, Position> positions) {
    return new OffsetSearch(session).find(positions);
  }

  @Override
  public List<GroupListing> listGroups() {
    return new GroupCalls(session).list();
  }

  @Override
  public GroupDescription describeGroup(String group) {
    return new GroupCalls(session).describe(group);
  }

  @Override
  public void setGroupOffsets(String group, Map<TopicPartition, Long> offsets) {
    new GroupCalls(session).setOffsets(group, offsets);
  }

  @Override
  public void deleteGroup(String group) {
    new GroupCalls(session).delete(group);
  }

  <Q, A> A call(MethodDescriptor<Q, A> method, Q request) {
    return call(method, request, session.config().requestTimeout());
  }

  <Q, A> A call(MethodDescriptor<Q, A> method, Q request, Duration timeout) {
    checkThread();
    long deadline = System.nanoTime() + timeout.toNanos();
    Backoff backoff = new Backoff(session.config());
    while (true) {
      LeatException last = null;
      for (String address : addresses()) {
        try {
          return ask(address, method, request, deadline - System.nanoTime());
        } catch (StatusRuntimeException e) {
          last = Failures.of(e, address);
          if (last.code() != LeatErrorCode.UNAVAILABLE) {
            throw last;
          }
        }
      }
      long pauseMs = backoff.nextMs();
      if (last != null && deadline - System.nanoTime() < pauseMs * 1_000_000) {
        throw last;
      }
      pause(pauseMs);
    }
  }

  private void checkThread() {
    if (session.loop().isCurrentThread()) {
      throw LeatException.of(
          LeatErrorCode.INVALID_REQUEST, "a callback must not wait for a broker: use a thread");
    }
  }

  <Q, A> A ask(String address, MethodDescriptor<Q, A> method, Q request, long timeoutNanos) {
    ManagedChannel channel = session.channels().to(address);
    channel.resetConnectBackoff();
    CallOptions options =
        CallOptions.DEFAULT.withDeadlineAfter(Math.max(1, timeoutNanos), TimeUnit.NANOSECONDS);
    return ClientCalls.blockingUnaryCall(channel, method, options, request);
  }

  static void pause(long ms) {
    try {
      TimeUnit.MILLISECONDS.sleep(ms);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw LeatException.of(
          LeatErrorCode.INTERRUPTED, "interrupted while waiting for a broker", e);
    }
  }

  Set<String> addresses() {
    Set<String> addresses = new LinkedHashSet<>(session.cluster().addresses());
    addresses.addAll(session.config().bootstrap());
    return addresses;
  }
}
