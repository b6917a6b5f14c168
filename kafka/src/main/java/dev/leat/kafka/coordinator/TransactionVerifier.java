package dev.leat.kafka.coordinator;

import dev.leat.broker.log.AppendOrigin;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;

/**
 * Asks the coordinator of a transaction whether a partition is part of it, before records of it are
 * appended there.
 */
@FunctionalInterface
public interface TransactionVerifier {
  /** For coordinators that take part in no transaction. */
  TransactionVerifier NONE =
      (producer, partition, highWatermark, adds) ->
          CompletableFuture.completedStage(
              new Confirmation(Errors.INVALID_TXN_STATE, AppendOrigin.UNVERIFIED));

  /**
   * Asks.
   *
   * @param highWatermark that of the partition, now
   * @param adds whether the partition is added to the transaction if need be, as transaction
   *     version 2 does
   */
  CompletionStage<Confirmation> verify(
      Producer producer, TopicPartition partition, LongSupplier highWatermark, boolean adds);

  /**
   * What the coordinator says.
   *
   * @param error NONE if the partition is part of the transaction, else why not
   * @param from the confirmation counts as long as no marker of the producer is at or above this
   *     offset: see {@link AppendOrigin}
   */
  record Confirmation(Errors error, long from) {}

  /**
   * Who says that it owns a transactional id.
   *
   * @param transactionalId the id
   * @param producerId its producer id
   * @param epoch its epoch
   */
  record Producer(String transactionalId, long producerId, short epoch) {}
}
