package dev.leat.broker.transport;

import dev.leat.broker.runtime.Authorizer;
import dev.leat.broker.runtime.BrokerApi;
import dev.leat.broker.runtime.LivePartition;
import dev.leat.broker.runtime.Principal;
import dev.leat.broker.runtime.RequestError;
import dev.leat.broker.runtime.groups.GroupCoordination.Slot;
import dev.leat.broker.runtime.groups.GroupMembership;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One stream of a group's member. When it ends, whichever way, so do the membership and what is
 * delivered.
 *
 * <p>Guarded by this object; responses leave under the same lock, as gRPC wants one at a time.
 *
 * @param <Q> what the client sends
 * @param <R> what it is sent
 */
abstract class MemberCall<Q, R> implements StreamObserver<Q>, GroupMembership.Listener {
  /** A completed stage, for messages that are dealt with at once. */
  static final CompletionStage<?> DONE = CompletableFuture.completedStage(null);

  /** Messages of the client that may be under way. */
  private static final int MAX_UNDER_WAY = 64;

  private final ServerCallStreamObserver<R> responses;
  private final Credit credit;
  private final BrokerApi broker;
  private final Principal principal;
  private final String host = PrincipalInterceptor.currentAddress();
  private @Nullable GroupMembership membership;
  private boolean ended;

  MemberCall(ServerCallStreamObserver<R> responses, BrokerApi broker, Principal principal) {
    this.responses = responses;
    this.credit = new Credit(responses, MAX_UNDER_WAY);
    this.broker = broker;
    this.principal = principal;
    responses.setOnReadyHandler(this::ready);
    responses.setOnCancelHandler(this::end);
  }

  /**
   * Takes a message of the client.
   *
   * @return completes when it is dealt with, or was refused
   */
  abstract CompletionStage<?> take(Q message);

  /** The client takes more. */
  abstract void onReady();

  /** Nothing is delivered any more. Called once, without the lock. */
  abstract void endDelivery();

  @Override
  public final void onNext(Q message) {
    take(message).whenComplete((done, failure) -> credit.give());
  }

  private void ready() {
    credit.pay();
    onReady();
  }

  /** The broker behind the call. */
  final BrokerApi broker() {
    return broker;
  }

  /** Address of the client; empty if it does not come over a network. */
  final String host() {
    return host;
  }

  /** Whether the client may read these topics; if not, the stream has ended. */
  final boolean mayRead(List<String> topics) {
    for (String topic : topics) {
      if (!broker.authorizer().allows(principal, Authorizer.Operation.READ, topic)) {
        failed(RequestError.notAuthorized(principal, Authorizer.Operation.READ, topic));
        return false;
      }
    }
    return true;
  }

  /** A partition that this broker leads; else null. */
  final @Nullable LivePartition led(Slot slot) {
    return broker.topics().findLed(slot.topic(), slot.partition());
  }

  /** The stream is that of this member from now on; false if it has ended. */
  final synchronized boolean enter(GroupMembership member) {
    membership = member;
    return !ended;
  }

  /** Null before {@link #enter}. */
  final synchronized @Nullable GroupMembership membership() {
    return membership;
  }

  final synchronized boolean hasEnded() {
    return ended;
  }

  /** Whether the client takes more at once. */
  public final boolean isReady() {
    return responses.isReady() && !responses.isCancelled();
  }

  /** Sends this, unless the stream has ended. */
  final synchronized void send(R response) {
    if (!ended) {
      responses.onNext(response);
    }
  }

  /** The client has sent what makes no sense. */
  final void refuse(String what) {
    failed(RequestError.of(RequestError.Code.INVALID_REQUEST, what));
  }

  @Override
  public final void failed(RequestError error) {
    fail(Errors.status(error));
  }

  /** Something has thrown that should not: for the end of a chain of stages. */
  final @Nullable Void defect(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : null;
    fail(Errors.asStatus(cause == null ? failure : cause));
    return null;
  }

  /** Ends the stream with this status, unless it has ended. */
  final void fail(StatusRuntimeException status) {
    if (end()) {
      responses.onError(status);
    }
  }

  @Override
  public final void onError(Throwable cancelled) {
    end();
  }

  @Override
  public final void onCompleted() {
    if (end()) {
      responses.onCompleted();
    }
  }

  /** False if it has ended before. */
  private boolean end() {
    GroupMembership member;
    synchronized (this) {
      if (ended) {
        return false;
      }
      ended = true;
      member = membership;
    }
    endDelivery();
    if (member != null) {
      member.leave();
    }
    return true;
  }
}
