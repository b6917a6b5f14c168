package dev.leat.client.internal.group;

import dev.leat.client.GroupConfig;
import dev.leat.client.Position;
import dev.leat.client.TopicPartition;
import dev.leat.client.error.LeatErrorCode;
import dev.leat.client.error.LeatException;
import dev.leat.client.internal.net.Failures;
import dev.leat.client.internal.net.OffsetSpecs;
import dev.leat.v1.AcceptAssignment;
import dev.leat.v1.CommitOffsets;
import dev.leat.v1.ConsumeRequest;
import dev.leat.v1.ConsumeResponse;
import dev.leat.v1.GroupAssignment;
import dev.leat.v1.GroupOffset;
import dev.leat.v1.GroupServiceGrpc;
import dev.leat.v1.JoinGroup;
import dev.leat.v1.NamedOffset;
import dev.leat.v1.OffsetsCommitted;
import dev.leat.v1.ProducerIdentity;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One membership: the stream to the coordinator. Its events come on the loop; assignments wait here
 * until the program's thread takes them, and a newer one replaces an older one.
 */
final class MemberStream extends ClientCall.Listener<ConsumeResponse> {
  private final String address;
  private final Runnable onEvent;
  private final ClientCall<ConsumeRequest, ConsumeResponse> call;
  private final Map<Long, CompletableFuture<Void>> commits = new ConcurrentHashMap<>();
  private long lastCommit;
  private @Nullable GroupAssignment waiting;
  private @Nullable LeatException failure;

  /**
   * A stream that has not begun.
   *
   * @param onEvent hears that there is something new
   */
  MemberStream(ManagedChannel channel, String address, Runnable onEvent) {
    this.address = address;
    this.onEvent = onEvent;
    this.call = channel.newCall(GroupServiceGrpc.getConsumeMethod(), CallOptions.DEFAULT);
  }

  /**
   * Joins.
   *
   * @param memberId id of the last membership, so that the group need not notice that its broker is
   *     gone; empty: none
   */
  void join(GroupConfig config, String memberId) {
    call.start(this, new Metadata());
    call.request(1);
    send(
        ConsumeRequest.newBuilder()
            .setJoin(
                JoinGroup.newBuilder()
                    .setGroup(config.group())
                    .addAllTopics(config.topics())
                    .setStart(
                        config.start() instanceof Position.Earliest
                            ? NamedOffset.NAMED_OFFSET_EARLIEST
                            : NamedOffset.NAMED_OFFSET_UNSPECIFIED)
                    .setInstanceId(config.instanceId())
                    .setClientId(config.clientId())
                    .setMemberId(memberId)
                    .setIsolation(OffsetSpecs.of(config.consumer().isolation()))
                    .setAssignmentOnly(true))
            .build());
  }

  private synchronized void send(ConsumeRequest request) {
    if (failure == null) {
      call.sendMessage(request);
    }
  }

  /** The newest assignment that nobody has taken yet, or null. */
  synchronized @Nullable GroupAssignment takeAssignment() {
    GroupAssignment taken = waiting;
    waiting = null;
    return taken;
  }

  /** Whether there is one. */
  synchronized boolean hasAssignment() {
    return waiting != null;
  }

  /** Why the stream has ended, or null. */
  synchronized @Nullable LeatException failure() {
    return failure;
  }

  void accept(GroupAssignment assignment) {
    send(
        ConsumeRequest.newBuilder()
            .setAccept(AcceptAssignment.newBuilder().setNumber(assignment.getNumber()))
            .build());
  }

  CompletableFuture<Void> commit(Map<TopicPartition, Long> offsets) {
    return commit(offsets, CommitOffsets.newBuilder());
  }

  /** Commits as part of a transaction. */
  CompletableFuture<Void> commit(Map<TopicPartition, Long> offsets, ProducerIdentity transaction) {
    return commit(offsets, CommitOffsets.newBuilder().setTransaction(transaction));
  }

  private CompletableFuture<Void> commit(
      Map<TopicPartition, Long> offsets, CommitOffsets.Builder commit) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    offsets.forEach(
        (partition, offset) ->
            commit.addOffsets(
                GroupOffset.newBuilder()
                    .setTopic(partition.topic())
                    .setPartition(partition.partition())
                    .setOffset(offset)));
    synchronized (this) {
      LeatException ended = failure;
      if (ended != null) {
        done.completeExceptionally(ended);
        return done;
      }
      commit.setId(++lastCommit);
      commits.put(lastCommit, done);
      call.sendMessage(ConsumeRequest.newBuilder().setCommit(commit).build());
    }
    return done;
  }

  /** Leaves the group. */
  synchronized void leave() {
    if (failure == null) {
      failure = LeatException.of(LeatErrorCode.CLOSED, "the member has left the group");
      call.halfClose();
    }
  }

  @Override
  public void onMessage(ConsumeResponse response) {
    switch (response.getResponseCase()) {
      case ASSIGNMENT -> {
        synchronized (this) {
          waiting = response.getAssignment();
        }
        onEvent.run();
      }
      case COMMITTED -> onCommitted(response.getCommitted());
      case RECORDS, RESPONSE_NOT_SET -> {}
    }
    call.request(1);
  }

  private void onCommitted(OffsetsCommitted answer) {
    CompletableFuture<Void> commit = commits.remove(answer.getId());
    if (commit != null) {
      if (answer.hasError()) {
        commit.completeExceptionally(Failures.of(answer.getError()));
      } else {
        commit.complete(null);
      }
    }
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    LeatException reason =
        status.isOk()
            ? LeatException.of(LeatErrorCode.UNAVAILABLE, "the broker has ended the membership")
            : Failures.of(status, trailers, address);
    synchronized (this) {
      if (failure == null) {
        failure = reason;
      }
    }
    commits.values().forEach(commit -> commit.completeExceptionally(reason));
    onEvent.run();
  }
}
