package dev.leat.kafka.transaction;

import dev.leat.broker.runtime.Answer;
import dev.leat.broker.runtime.LivePartition;
import dev.leat.broker.runtime.RequestError;
import dev.leat.broker.runtime.transactions.TransactionCoordination;
import dev.leat.broker.runtime.view.GroupView;
import dev.leat.kafka.coordinator.CoordinatorSurroundings;
import dev.leat.kafka.coordinator.InternalTopic;
import dev.leat.kafka.coordinator.TransactionVerifier;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.server.common.TransactionVersion;

/**
 * The broker's port for transactions on the transaction coordinator. Its producers are those of
 * transaction version 2, so a late record or request of theirs is known by its epoch.
 */
public final class NativeTransactions implements TransactionCoordination {
  private static final int MAX_ID_BYTES = 1_024;

  /** A decision is carried out within a few milliseconds, and a shard loaded within a second. */
  private static final int MAX_TRIES = 100;

  private static final int RETRY_MS = 50;

  private final CoordinatorSurroundings around;
  private final Transactions transactions;
  private final Executor later;

  /** Transactions of this broker. */
  public NativeTransactions(CoordinatorSurroundings around, Transactions transactions) {
    this.around = around;
    this.transactions = transactions;
    this.later =
        CompletableFuture.delayedExecutor(
            RETRY_MS, TimeUnit.MILLISECONDS, around.broker().readers());
  }

  @Override
  public CompletionStage<Answer<Integer>> locate(String transactionalId) {
    return around
        .topics()
        .ensure(InternalTopic.TRANSACTION_STATE)
        .<Answer<Integer>>thenApply(
            topic -> {
              int leader = leaderOf(transactionalId);
              return leader == GroupView.NO_LEADER
                  ? Answer.refused(
                      RequestError.Code.UNAVAILABLE,
                      "transactional id \"%s\" has no coordinator now: try again"
                          .formatted(transactionalId))
                  : new Answer.Ok<>(leader);
            })
        .exceptionally(failure -> refused(transactionalId, CoordinatorErrors.of(failure)));
  }

  private int leaderOf(String transactionalId) {
    return around
        .topics()
        .leaderOf(
            InternalTopic.TRANSACTION_STATE, TransactionCoordinator.partitionFor(transactionalId));
  }

  @Override
  public CompletionStage<Answer<Producer>> begin(String transactionalId, int timeoutMs) {
    int bytes = transactionalId.getBytes(StandardCharsets.UTF_8).length;
    if (bytes == 0 || bytes > MAX_ID_BYTES) {
      return CompletableFuture.completedStage(
          Answer.refused(
              RequestError.Code.INVALID_REQUEST,
              "a transactional id has 1 to %d bytes, not %d".formatted(MAX_ID_BYTES, bytes)));
    }
    InitProducer wanted =
        new InitProducer(
            transactionalId, timeoutMs, RecordBatch.NO_PRODUCER_ID, RecordBatch.NO_PRODUCER_EPOCH);
    return ask(transactionalId, present -> present.initProducerId(wanted));
  }

  @Override
  public CompletionStage<Answer<Producer>> end(Producer producer, boolean commit) {
    return ask(
        producer.transactionalId(),
        present -> present.end(kafkas(producer), commit, TransactionVersion.TV_2));
  }

  private CompletionStage<Answer<Producer>> ask(
      String transactionalId, Function<TransactionCoordinator, CompletionStage<Reply>> question) {
    return ask(transactionalId, question, MAX_TRIES)
        .thenApply(
            reply ->
                reply.error() == Errors.NONE
                    ? new Answer.Ok<>(
                        new Producer(transactionalId, reply.producerId(), reply.epoch()))
                    : refused(transactionalId, reply.error()));
  }

  /** Waits while an earlier decision is carried out, and while the coordinator starts. */
  private CompletionStage<Reply> ask(
      String transactionalId,
      Function<TransactionCoordinator, CompletionStage<Reply>> question,
      int tries) {
    return transactions
        .coordinator()
        .get()
        .thenCompose(question)
        .exceptionally(failure -> Reply.failed(CoordinatorErrors.of(failure)))
        .thenCompose(
            reply ->
                tries > 1 && mayPass(transactionalId, reply.error())
                    ? CompletableFuture.supplyAsync(() -> tries - 1, later)
                        .thenCompose(left -> ask(transactionalId, question, left))
                    : CompletableFuture.completedStage(reply));
  }

  private boolean mayPass(String transactionalId, Errors error) {
    return switch (error) {
      case CONCURRENT_TRANSACTIONS, COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE -> true;
      // Elected, but not told yet.
      case NOT_COORDINATOR -> leaderOf(transactionalId) == around.brokerId();
      default -> false;
    };
  }

  @Override
  public CompletionStage<Answer<Long>> join(Producer producer, LivePartition partition) {
    TopicPartition name = new TopicPartition(partition.topic(), partition.index());
    return transactions
        .gate()
        .verify(kafkas(producer), name, partition::highWatermark, true)
        .thenApply(
            confirmation ->
                switch (confirmation.error()) {
                  case NONE -> new Answer.Ok<>(confirmation.from());
                  // Who leads the partition has not changed.
                  case NOT_COORDINATOR ->
                      refused(producer.transactionalId(), Errors.COORDINATOR_NOT_AVAILABLE);
                  default -> refused(producer.transactionalId(), confirmation.error());
                });
  }

  private static TransactionVerifier.Producer kafkas(Producer producer) {
    return new TransactionVerifier.Producer(
        producer.transactionalId(), producer.producerId(), producer.epoch());
  }

  private static <T> Answer<T> refused(String transactionalId, Errors error) {
    return Answer.refused(
        code(error), "transactional id \"%s\": %s".formatted(transactionalId, error.message()));
  }

  private static RequestError.Code code(Errors error) {
    return switch (error) {
      case PRODUCER_FENCED, INVALID_PRODUCER_EPOCH, INVALID_PRODUCER_ID_MAPPING ->
          RequestError.Code.PRODUCER_FENCED;
      case INVALID_TXN_STATE, TRANSACTION_ABORTABLE -> RequestError.Code.INVALID_TXN_STATE;
      case INVALID_REQUEST, INVALID_TRANSACTION_TIMEOUT -> RequestError.Code.INVALID_REQUEST;
      case NOT_COORDINATOR -> RequestError.Code.NOT_LEADER;
      case CONCURRENT_TRANSACTIONS,
          COORDINATOR_LOAD_IN_PROGRESS,
          COORDINATOR_NOT_AVAILABLE,
          NETWORK_EXCEPTION ->
          RequestError.Code.UNAVAILABLE;
      default -> RequestError.Code.INTERNAL;
    };
  }
}
