package dev.leat.broker.runtime.transactions;

import dev.leat.broker.runtime.Answer;
import dev.leat.broker.runtime.LivePartition;
import java.util.concurrent.CompletionStage;

/**
 * Coordinates transactions: who owns a transactional id, which partitions are part of its open
 * transaction, and what became of it. Port: the broker does not know who does it.
 *
 * <p>May be called from any thread; nothing blocks. While a coordinator is loading, or carries out
 * an earlier decision, calls wait for a bounded time and are then refused with UNAVAILABLE.
 */
public interface TransactionCoordination {
  /** A broker without transactions. */
  TransactionCoordination NONE = new NoTransactions();

  /** The broker with which a transactional id lies. */
  CompletionStage<Answer<Integer>> locate(String transactionalId);

  /**
   * A producer takes a transactional id over; what its predecessor has left open is aborted.
   * INVALID_REQUEST, NOT_LEADER.
   *
   * @param timeoutMs its transactions are aborted after so long
   */
  CompletionStage<Answer<Producer>> begin(String transactionalId, int timeoutMs);

  /**
   * Decides the open transaction. PRODUCER_FENCED, INVALID_TXN_STATE, NOT_LEADER.
   *
   * @return who sends the next one
   */
  CompletionStage<Answer<Producer>> end(Producer producer, boolean commit);

  /**
   * Makes a partition that this broker leads part of the producer's transaction, wherever that is
   * coordinated. PRODUCER_FENCED, INVALID_TXN_STATE.
   *
   * @return from which offset on that counts: see {@link dev.leat.broker.log.AppendOrigin}
   */
  CompletionStage<Answer<Long>> join(Producer producer, LivePartition partition);

  /**
   * Who sends transactions.
   *
   * @param transactionalId name by which it is known when it comes back
   * @param producerId its producer id
   * @param epoch its epoch: an older one is fenced
   */
  record Producer(String transactionalId, long producerId, short epoch) {}
}
