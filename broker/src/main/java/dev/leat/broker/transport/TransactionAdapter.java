package dev.leat.broker.transport;

import dev.leat.broker.runtime.Answer;
import dev.leat.broker.runtime.BrokerApi;
import dev.leat.broker.runtime.thread.OnDemand;
import dev.leat.broker.runtime.transactions.TransactionCoordination;
import dev.leat.broker.runtime.transactions.TransactionCoordination.Producer;
import dev.leat.v1.EndTransactionRequest;
import dev.leat.v1.EndTransactionResponse;
import dev.leat.v1.InitProducerRequest;
import dev.leat.v1.InitProducerResponse;
import dev.leat.v1.LocateTransactionRequest;
import dev.leat.v1.LocateTransactionResponse;
import dev.leat.v1.ProducerIdentity;
import dev.leat.v1.TransactionServiceGrpc;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** {@code leat.v1.TransactionService}. */
public final class TransactionAdapter extends TransactionServiceGrpc.TransactionServiceImplBase {
  private final BrokerApi broker;
  private final OnDemand<TransactionCoordination> transactions;

  /** The service. */
  public TransactionAdapter(BrokerApi broker, OnDemand<TransactionCoordination> transactions) {
    this.broker = broker;
    this.transactions = transactions;
  }

  /** A producer as a client names it. */
  static Producer producer(ProducerIdentity identity) {
    return new Producer(
        identity.getTransactionalId(),
        identity.getProducerId(),
        (short) identity.getProducerEpoch());
  }

  private static ProducerIdentity identity(Producer producer) {
    return ProducerIdentity.newBuilder()
        .setTransactionalId(producer.transactionalId())
        .setProducerId(producer.producerId())
        .setProducerEpoch(producer.epoch())
        .build();
  }

  @Override
  public void locateTransaction(
      LocateTransactionRequest request, StreamObserver<LocateTransactionResponse> responses) {
    Responses.send(
        ask(all -> all.locate(request.getTransactionalId()))
            .thenApply(located -> Answers.addressed(broker.metadata(), located)),
        address -> LocateTransactionResponse.newBuilder().setCoordinator(address).build(),
        responses);
  }

  @Override
  public void initProducer(
      InitProducerRequest request, StreamObserver<InitProducerResponse> responses) {
    Responses.send(
        ask(all -> all.begin(request.getTransactionalId(), request.getTimeoutMs())),
        producer -> InitProducerResponse.newBuilder().setProducer(identity(producer)).build(),
        responses);
  }

  @Override
  public void endTransaction(
      EndTransactionRequest request, StreamObserver<EndTransactionResponse> responses) {
    Responses.send(
        ask(all -> all.end(producer(request.getProducer()), request.getCommit())),
        producer -> EndTransactionResponse.newBuilder().setProducer(identity(producer)).build(),
        responses);
  }

  private <T> CompletionStage<Answer<T>> ask(
      Function<TransactionCoordination, CompletionStage<Answer<T>>> call) {
    return transactions.get().thenCompose(call);
  }
}
