package dev.leat.broker.transport;

import dev.leat.broker.runtime.BrokerApi;
import dev.leat.broker.runtime.groups.LazyRoster;
import dev.leat.broker.runtime.groups.QueueCoordination;
import dev.leat.broker.runtime.thread.OnDemand;
import dev.leat.v1.QueueServiceGrpc;
import dev.leat.v1.ReceiveRequest;
import dev.leat.v1.ReceiveResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/** {@code leat.v1.QueueService}. */
public final class QueueAdapter extends QueueServiceGrpc.QueueServiceImplBase {
  private final BrokerApi broker;
  private final Errors errors;
  private final LazyRoster roster;
  private final OnDemand<QueueCoordination> queues;

  /** The service. */
  public QueueAdapter(
      BrokerApi broker, Errors errors, LazyRoster roster, OnDemand<QueueCoordination> queues) {
    this.broker = broker;
    this.errors = errors;
    this.roster = roster;
    this.queues = queues;
  }

  /** What every call of the service works with. */
  record Surroundings(
      BrokerApi broker, Errors errors, LazyRoster roster, OnDemand<QueueCoordination> queues) {}

  @Override
  public StreamObserver<ReceiveRequest> receive(StreamObserver<ReceiveResponse> responses) {
    return new ReceiveCall(
        (ServerCallStreamObserver<ReceiveResponse>) responses,
        new Surroundings(broker, errors, roster, queues),
        PrincipalInterceptor.current());
  }
}
