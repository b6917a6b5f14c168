package dev.leat.client.internal.admin;

import dev.leat.client.internal.net.Session;
import dev.leat.v1.BrokerAddress;
import dev.leat.v1.EndTransactionRequest;
import dev.leat.v1.InitProducerRequest;
import dev.leat.v1.LocateTransactionRequest;
import dev.leat.v1.ProducerIdentity;
import dev.leat.v1.TransactionServiceGrpc;
import io.grpc.MethodDescriptor;
import java.time.Duration;

/** Asks the coordinator of one transactional id. */
public final class TransactionCalls {
  private final Session session;
  private final AdminCore admin;
  private final String transactionalId;

  /** For a session. */
  public TransactionCalls(Session session, String transactionalId) {
    this.session = session;
    this.admin = new AdminCore(session);
    this.transactionalId = transactionalId;
  }

  /**
   * Takes the id over.
   *
   * @param timeout how long its transactions may be open
   */
  public ProducerIdentity begin(Duration timeout) {
    InitProducerRequest request =
        InitProducerRequest.newBuilder()
            .setTransactionalId(transactionalId)
            .setTimeoutMs((int) timeout.toMillis())
            .build();
    return ask(
            TransactionServiceGrpc.getInitProducerMethod(),
            request,
            session.config().requestTimeout())
        .getProducer();
  }

  /**
   * Ends the open transaction.
   *
   * @param patience how long to try
   * @return who sends the next one
   */
  public ProducerIdentity end(ProducerIdentity producer, boolean commit, Duration patience) {
    EndTransactionRequest request =
        EndTransactionRequest.newBuilder().setProducer(producer).setCommit(commit).build();
    return ask(TransactionServiceGrpc.getEndTransactionMethod(), request, patience).getProducer();
  }

  private <Q, A> A ask(MethodDescriptor<Q, A> method, Q request, Duration patience) {
    return new CoordinatorCall(session, admin, this::locate, patience).ask(method, request);
  }

  private String locate(Duration timeout) {
    BrokerAddress found =
        admin
            .call(
                TransactionServiceGrpc.getLocateTransactionMethod(),
                LocateTransactionRequest.newBuilder().setTransactionalId(transactionalId).build(),
                timeout)
            .getCoordinator();
    return found.getHost() + ":" + found.getPort();
  }
}
