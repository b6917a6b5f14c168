package dev.leat.kafka.records;

import dev.leat.api.batch.BatchFormat;
import dev.leat.broker.log.AppendOrigin;
import dev.leat.broker.runtime.LivePartition;
import dev.leat.kafka.coordinator.TransactionVerifier;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ProduceRequest;

/**
 * Asks the coordinator of a transaction about the partitions of one request that are not part of it
 * yet, as far as their leader knows. That is so for the first records in each partition, and costs
 * no other ones anything.
 */
final class TransactionRound {
  /** From this version on, producing to a partition adds it to the transaction. */
  private static final short FIRST_THAT_ADDS = 12;

  /** From this version on, clients know TRANSACTION_ABORTABLE. */
  private static final short KNOWS_ABORTABLE = 11;

  private final TransactionVerifier verifier;
  private final ProduceRequest request;
  private final boolean adds;
  private final List<CompletableFuture<Answer>> answers = new ArrayList<>();

  TransactionRound(TransactionVerifier verifier, ProduceRequest request) {
    this.verifier = verifier;
    this.request = request;
    this.adds = request.version() >= FIRST_THAT_ADDS;
  }

  /**
   * What came of it for one partition.
   *
   * @param error NONE if its records may be appended, else what to tell the client
   * @param origin how they may be appended
   */
  record Answer(Errors error, AppendOrigin origin) {}

  /** Whether a coordinator may help. */
  static boolean isPossible(ProduceRequest request, ByteBuffer batches) {
    return request.transactionalId() != null
        && BatchFormat.isTransactional(batches, batches.position());
  }

  void ask(LivePartition partition, ByteBuffer batches) {
    int at = batches.position();
    TransactionVerifier.Producer producer =
        new TransactionVerifier.Producer(
            request.transactionalId(),
            BatchFormat.producerId(batches, at),
            BatchFormat.producerEpoch(batches, at));
    TopicPartition name = new TopicPartition(partition.topic(), partition.index());
    answers.add(
        verifier
            .verify(producer, name, partition::highWatermark, adds)
            .thenApply(
                confirmation ->
                    new Answer(
                        known(confirmation.error()),
                        new AppendOrigin.Producer(confirmation.from())))
            .toCompletableFuture());
  }

  /** All answers, in the order of the questions. */
  CompletionStage<List<Answer>> answers() {
    return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
        .thenApply(done -> answers.stream().map(CompletableFuture::join).toList());
  }

  /** As clients of this version understand it: whoever can try again must do so. */
  private Errors known(Errors error) {
    return switch (error) {
      case PRODUCER_FENCED -> Errors.INVALID_PRODUCER_EPOCH;
      case TRANSACTION_ABORTABLE ->
          request.version() >= KNOWS_ABORTABLE ? error : Errors.INVALID_TXN_STATE;
      case CONCURRENT_TRANSACTIONS -> adds ? error : Errors.NOT_ENOUGH_REPLICAS;
      case COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR ->
          Errors.NOT_ENOUGH_REPLICAS;
      default -> error;
    };
  }
}
