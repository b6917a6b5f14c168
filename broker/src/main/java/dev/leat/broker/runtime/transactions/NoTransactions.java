package dev.leat.broker.runtime.transactions;

import dev.leat.broker.runtime.Answer;
import dev.leat.broker.runtime.LivePartition;
import dev.leat.broker.runtime.RequestError;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Refuses everything. */
final class NoTransactions implements TransactionCoordination {
  private static <T> CompletionStage<Answer<T>> refused() {
    return CompletableFuture.completedStage(
        Answer.refused(
            RequestError.Code.UNAVAILABLE,
            "this broker has no coordinator for transactions: the module leat-kafka is missing"));
  }

  @Override
  public CompletionStage<Answer<Integer>> locate(String transactionalId) {
    return refused();
  }

  @Override
  public CompletionStage<Answer<Producer>> begin(String transactionalId, int timeoutMs) {
    return refused();
  }

  @Override
  public CompletionStage<Answer<Producer>> end(Producer producer, boolean commit) {
    return refused();
  }

  @Override
  public CompletionStage<Answer<Long>> join(Producer producer, LivePartition partition) {
    return refused();
  }
}
