package dev.leat.kafka.groups;

import com.google.protobuf.ByteString;
import dev.leat.v1.AcceptAssignment;
import dev.leat.v1.CommitOffsets;
import dev.leat.v1.ConsumeRequest;
import dev.leat.v1.ConsumeResponse;
import dev.leat.v1.FetchForm;
import dev.leat.v1.GroupAssignment;
import dev.leat.v1.GroupOffset;
import dev.leat.v1.GroupServiceGrpc;
import dev.leat.v1.JoinGroup;
import dev.leat.v1.NamedOffset;
import dev.leat.v1.OffsetsCommitted;
import dev.leat.v1.Record;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A member of a group as any language would write it: one stream, simple records. */
final class NativeMember implements StreamObserver<ConsumeResponse>, AutoCloseable {
  private static final int DEADLINE_S = 30;

  private final ManagedChannel channel;
  private final StreamObserver<ConsumeRequest> requests;
  private final BlockingQueue<GroupAssignment> assignments = new LinkedBlockingQueue<>();
  private final BlockingQueue<ByteString> values = new LinkedBlockingQueue<>();
  private final BlockingQueue<OffsetsCommitted> commits = new LinkedBlockingQueue<>();
  private final CompletableFuture<Throwable> failure = new CompletableFuture<>();

  NativeMember(int port, String group, String topic) {
    this(port, group, topic, "");
  }

  /** A member that comes back on another stream. */
  NativeMember(int port, String group, String topic, String memberId) {
    channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    requests = GroupServiceGrpc.newStub(channel).consume(this);
    requests.onNext(
        ConsumeRequest.newBuilder()
            .setJoin(
                JoinGroup.newBuilder()
                    .setGroup(group)
                    .addTopics(topic)
                    .setMemberId(memberId)
                    .setClientId("native")
                    .setStart(NamedOffset.NAMED_OFFSET_EARLIEST)
                    .setForm(FetchForm.FETCH_FORM_RECORDS))
            .build());
  }

  @Override
  public void onNext(ConsumeResponse response) {
    switch (response.getResponseCase()) {
      case ASSIGNMENT -> {
        GroupAssignment assignment = response.getAssignment();
        requests.onNext(
            ConsumeRequest.newBuilder()
                .setAccept(AcceptAssignment.newBuilder().setNumber(assignment.getNumber()))
                .build());
        assignments.add(assignment);
      }
      case RECORDS ->
          response.getRecords().getPartitionsList().stream()
              .flatMap(partition -> partition.getRecordsList().stream())
              .map(Record::getValue)
              .forEach(values::add);
      case COMMITTED -> commits.add(response.getCommitted());
      case RESPONSE_NOT_SET -> throw new AssertionError("an empty response");
    }
  }

  @Override
  public void onError(Throwable cause) {
    failure.complete(cause);
  }

  @Override
  public void onCompleted() {
    failure.complete(new AssertionError("the broker has ended the stream"));
  }

  /** Waits for an assignment of so many partitions. */
  GroupAssignment awaitPartitions(int count) throws InterruptedException {
    while (true) {
      GroupAssignment assignment = assignments.poll(DEADLINE_S, TimeUnit.SECONDS);
      if (assignment == null) {
        throw new AssertionError(
            "no assignment of " + count + " partitions; " + failure.getNow(null));
      }
      if (assignment.getPartitionsCount() == count) {
        return assignment;
      }
    }
  }

  /** Why the stream has ended. */
  Throwable awaitFailure() throws Exception {
    return failure.get(DEADLINE_S, TimeUnit.SECONDS);
  }

  String nextValue() throws InterruptedException {
    ByteString value = values.poll(DEADLINE_S, TimeUnit.SECONDS);
    if (value == null) {
      throw new AssertionError("no record; " + failure.getNow(null));
    }
    return value.toStringUtf8();
  }

  boolean hasValue() {
    return !values.isEmpty();
  }

  OffsetsCommitted commit(String topic, int partition, long offset) throws InterruptedException {
    requests.onNext(
        ConsumeRequest.newBuilder()
            .setCommit(
                CommitOffsets.newBuilder()
                    .setId(1)
                    .addAllOffsets(
                        List.of(
                            GroupOffset.newBuilder()
                                .setTopic(topic)
                                .setPartition(partition)
                                .setOffset(offset)
                                .build())))
            .build());
    OffsetsCommitted committed = commits.poll(DEADLINE_S, TimeUnit.SECONDS);
    if (committed == null) {
      throw new AssertionError("no answer to a commit; " + failure.getNow(null));
    }
    return committed;
  }

  /** As a process that dies: the connection breaks. */
  @Override
  public void close() {
    channel.shutdownNow();
  }
}
