package dev.leat.broker.transport;

import dev.leat.api.rpc.ProduceRequestView;
import dev.leat.api.rpc.ProducerIdentityView;
import dev.leat.broker.runtime.BrokerApi;
import dev.leat.broker.runtime.BrokerMetrics;
import dev.leat.broker.runtime.CoreLoop;
import dev.leat.broker.runtime.ProduceRequest;
import dev.leat.broker.runtime.RequestError;
import dev.leat.broker.runtime.thread.ByteBudget;
import dev.leat.broker.runtime.thread.Clock;
import dev.leat.broker.runtime.thread.OnDemand;
import dev.leat.broker.runtime.transactions.TransactionCoordination;
import dev.leat.broker.runtime.transactions.TransactionalAppend;
import dev.leat.v1.PartitionAck;
import dev.leat.v1.ProduceResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * One Produce call. Requests come in on an event loop and go to the core loop; responses are sent
 * from the core loop, in the order of the requests. The next request is asked for only while the
 * broker's budget of bytes has room, and the client takes the responses: so a producer that is
 * faster than the disk, or than itself, is slowed down by the flow control of gRPC, and memory
 * stays bounded.
 */
final class ProduceStream
    implements StreamObserver<ProduceRequestView>, TransactionalAppend.Stream {
  /** What a request costs besides its bytes: small requests are bounded in number by it. */
  private static final int OVERHEAD_BYTES = 2_048;

  /** Bytes of responses that may wait for one client. */
  private static final int MAX_WAITING_BYTES = 256 << 10;

  private final ServerCallStreamObserver<ProduceResponse> responses;
  private final ProduceTranslator translator;
  private final CoreLoop core;
  private final ByteBudget budget;
  private final BrokerMetrics metrics;
  private final Clock clock;
  private final Errors errors;
  private final OnDemand<TransactionCoordination> transactions;
  private final Credit credit;
  private final Queue<InFlight> inFlight = new ConcurrentLinkedQueue<>();
  private volatile boolean halfClosed;
  private boolean finished;

  ProduceStream(
      ServerCallStreamObserver<ProduceResponse> responses,
      ProduceTranslator translator,
      BrokerApi broker,
      Errors errors,
      OnDemand<TransactionCoordination> transactions) {
    this.responses = responses;
    this.translator = translator;
    this.core = broker.core();
    this.budget = broker.produceBudget();
    this.metrics = broker.metrics();
    this.clock = broker.clock();
    this.errors = errors;
    this.transactions = transactions;
    this.credit = new Credit(responses, 1);
    responses.setOnReadyThreshold(MAX_WAITING_BYTES);
    responses.setOnReadyHandler(credit::pay);
    responses.setOnCancelHandler(() -> {});
  }

  /**
   * A request without an answer.
   *
   * @param transactional how it is appended if its records are part of a transaction
   */
  private record InFlight(
      ProduceRequestView view,
      ProduceRequest request,
      @Nullable TransactionalAppend transactional) {
    long costBytes() {
      return (long) view.sizeBytes() + OVERHEAD_BYTES;
    }
  }

  @Override
  public void onNext(ProduceRequestView view) {
    Optional<String> defect = view.defect();
    if (defect.isPresent()) {
      view.release();
      core.call(() -> refuse(defect.get()));
      return;
    }
    TransactionalAppend transactional = transactional(view);
    ProduceRequest request =
        translator.translate(view, transactional == null ? this : transactional);
    InFlight next = new InFlight(view, request, transactional);
    budget.take(next.costBytes());
    inFlight.add(next);
    core.submit(next.request());
    budget.whenFree(credit::give);
  }

  private @Nullable TransactionalAppend transactional(ProduceRequestView view) {
    ProducerIdentityView transaction = view.transaction();
    return transaction == null
        ? null
        : new TransactionalAppend(core, transactions, transaction.transactionalId(), this);
  }

  @Override
  public void onComplete(ProduceRequest completed) {
    goOn();
  }

  @Override
  public void onOvertaking(ProduceRequest request) {
    goOn();
  }

  private void goOn() {
    InFlight head;
    while ((head = inFlight.peek()) != null && head.request().isComplete()) {
      inFlight.remove();
      finish(head);
    }
    if (head != null && head.transactional() != null) {
      head.transactional().onTurn(head.request());
    }
    finishIfDone();
  }

  private void finish(InFlight done) {
    if (!responses.isCancelled() && !finished) {
      responses.onNext(respond(done));
    }
    count(done.request());
    core.whenWritten(done.request(), () -> release(done));
  }

  private void release(InFlight done) {
    done.view().release();
    budget.giveBack(done.costBytes());
  }

  private void count(ProduceRequest request) {
    metrics.produced(
        request.records(), request.bytes(), clock.monotonicNanos() - request.receivedNanos());
  }

  private ProduceResponse respond(InFlight done) {
    ProduceRequest request = done.request();
    ProduceResponse.Builder response = ProduceResponse.newBuilder().setId(done.view().id());
    for (int i = 0; i < request.size(); i++) {
      PartitionAck.Builder ack = PartitionAck.newBuilder().setAppendTime(-1);
      RequestError error = request.error(i);
      if (error == null) {
        ack.setBaseOffset(request.baseOffset(i));
      } else {
        ack.setBaseOffset(-1).setError(errors.of(error));
        metrics.refused(error.code().name());
      }
      response.addAcks(ack);
    }
    return response.build();
  }

  @Override
  public void onError(Throwable cancelled) {
    // The client is gone. What it has sent is appended all the same; nobody hears the answer.
  }

  @Override
  public void onCompleted() {
    halfClosed = true;
    core.call(this::finishIfDone);
  }

  /** Ends the call; what came before is appended all the same. On the core loop. */
  private void refuse(String defect) {
    if (!finished) {
      finished = true;
      responses.onError(Errors.status(RequestError.of(RequestError.Code.INVALID_REQUEST, defect)));
    }
  }

  /** Ends the call once the client has and every request is answered. On the core loop. */
  private void finishIfDone() {
    if (halfClosed && !finished && inFlight.isEmpty()) {
      finished = true;
      if (!responses.isCancelled()) {
        responses.onCompleted();
      }
    }
  }
}
