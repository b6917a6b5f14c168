package dev.leat.client.internal.queue;

import dev.leat.client.TopicPartition;
import dev.leat.client.error.LeatErrorCode;
import dev.leat.client.error.LeatException;
import dev.leat.client.internal.net.Failures;
import dev.leat.v1.AcknowledgeProblem;
import dev.leat.v1.AcknowledgeRecords;
import dev.leat.v1.QueueAssignment;
import dev.leat.v1.QueueRecords;
import dev.leat.v1.QueueServiceGrpc;
import dev.leat.v1.ReceiveRequest;
import dev.leat.v1.ReceiveResponse;
import dev.leat.v1.RecordsAcknowledged;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One Receive stream to one broker: that of the membership, or one on which records come. Its
 * events come on the loop.
 */
final class QueueStream extends ClientCall.Listener<ReceiveResponse> {
  private final String address;
  private final Owner owner;
  private final ClientCall<ReceiveRequest, ReceiveResponse> call;
  private final Map<Long, CompletableFuture<Void>> open = new ConcurrentHashMap<>();
  private long lastId;
  private @Nullable LeatException failure;

  /** What is received here; of the program's thread. */
  final Set<TopicPartition> partitions = new HashSet<>();

  /** Who hears of it, on the loop. */
  interface Owner {
    void onAssignment(QueueStream from, QueueAssignment assignment);

    void onRecords(QueueStream from, QueueRecords records);

    void onEnded(QueueStream from, TopicPartition partition, LeatException reason);

    void onClosed(QueueStream stream);
  }

  QueueStream(ManagedChannel channel, String address, Owner owner) {
    this.address = address;
    this.owner = owner;
    call = channel.newCall(QueueServiceGrpc.getReceiveMethod(), CallOptions.DEFAULT);
  }

  void start(ReceiveRequest first) {
    call.start(this, new Metadata());
    call.request(1);
    send(first);
  }

  synchronized void send(ReceiveRequest request) {
    if (failure == null) {
      call.sendMessage(request);
    }
  }

  /** Sends acknowledgements; fails if one of them does not count. */
  CompletableFuture<Void> acknowledge(AcknowledgeRecords.Builder all) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    synchronized (this) {
      LeatException ended = failure;
      if (ended != null) {
        done.completeExceptionally(ended);
        return done;
      }
      all.setId(++lastId);
      open.put(lastId, done);
      call.sendMessage(ReceiveRequest.newBuilder().setAcknowledge(all).build());
    }
    return done;
  }

  /** Why it has ended, or null. */
  synchronized @Nullable LeatException failure() {
    return failure;
  }

  /** Ends it: what is locked on it is released. */
  void end() {
    synchronized (this) {
      if (failure != null) {
        return;
      }
      failure = LeatException.of(LeatErrorCode.CLOSED, "the member has left the queue");
      call.halfClose();
    }
    open.values().forEach(waiting -> waiting.completeExceptionally(failure()));
  }

  @Override
  public void onMessage(ReceiveResponse response) {
    switch (response.getResponseCase()) {
      case ASSIGNMENT -> owner.onAssignment(this, response.getAssignment());
      case RECORDS -> owner.onRecords(this, response.getRecords());
      case ACKNOWLEDGED -> onAcknowledged(response.getAcknowledged());
      case ENDED ->
          owner.onEnded(
              this,
              new TopicPartition(
                  response.getEnded().getTopic(), response.getEnded().getPartition()),
              Failures.of(response.getEnded().getError()));
      case RESPONSE_NOT_SET -> {}
    }
    call.request(1);
  }

  private void onAcknowledged(RecordsAcknowledged answer) {
    CompletableFuture<Void> waiting = open.remove(answer.getId());
    if (waiting == null) {
      return;
    }
    if (answer.getProblemsCount() == 0) {
      waiting.complete(null);
    } else {
      AcknowledgeProblem first = answer.getProblems(0);
      waiting.completeExceptionally(Failures.of(first.getError()));
    }
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    LeatException reason =
        status.isOk()
            ? LeatException.of(LeatErrorCode.UNAVAILABLE, "the broker has ended the stream")
            : Failures.of(status, trailers, address);
    synchronized (this) {
      if (failure == null) {
        failure = reason;
      }
    }
    open.values().forEach(waiting -> waiting.completeExceptionally(reason));
    owner.onClosed(this);
  }
}
