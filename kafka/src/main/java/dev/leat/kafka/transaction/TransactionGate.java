package dev.leat.kafka.transaction;

import dev.leat.broker.runtime.view.GroupView;
import dev.leat.kafka.coordinator.CoordinatorHost;
import dev.leat.kafka.coordinator.CoordinatorSurroundings;
import dev.leat.kafka.coordinator.InternalTopic;
import dev.leat.kafka.coordinator.TransactionVerifier;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.server.common.TransactionVersion;
import org.apache.kafka.server.util.timer.TimerTask;

/**
 * Lets records of a transaction into a partition: with transaction version 2 by adding the
 * partition to the transaction, without it by looking whether its producer has done so (KIP-890).
 *
 * <p>A producer with transaction version 2 goes on while its last transaction is still being
 * carried out: it waits here for a moment, and is then told to try again.
 */
final class TransactionGate implements TransactionVerifier {
  private static final int MAX_TRIES = 25;
  private static final long BETWEEN_TRIES_MS = 20;

  private final CoordinatorHost<TransactionCoordinator> coordinator;
  private final CoordinatorSurroundings around;
  private final TransactionPeers peers;

  TransactionGate(
      CoordinatorHost<TransactionCoordinator> coordinator,
      CoordinatorSurroundings around,
      TransactionPeers peers) {
    this.coordinator = coordinator;
    this.around = around;
    this.peers = peers;
  }

  @Override
  public CompletionStage<Confirmation> verify(
      Producer producer, TopicPartition partition, LongSupplier highWatermark, boolean adds) {
    Question question = new Question(producer, partition, highWatermark, adds);
    question.ask();
    return question.answer;
  }

  private CompletionStage<Errors> askOnce(
      Producer producer, TopicPartition partition, boolean adds) {
    int leader =
        around
            .topics()
            .leaderOf(
                InternalTopic.TRANSACTION_STATE,
                TransactionCoordinator.partitionFor(producer.transactionalId()));
    if (leader != GroupView.NO_LEADER && leader != around.brokerId()) {
      return peers.verify(leader, producer, partition, adds);
    }
    return coordinator
        .get()
        .thenCompose(
            present ->
                adds
                    ? present.addPartitions(producer, Set.of(partition), TransactionVersion.TV_2)
                    : present
                        .verify(producer, Set.of(partition))
                        .thenApply(answers -> answers.get(partition)));
  }

  /** One question, asked as often as it takes. */
  private final class Question {
    private final Producer producer;
    private final TopicPartition partition;
    private final LongSupplier highWatermark;
    private final boolean adds;
    private final CompletableFuture<Confirmation> answer = new CompletableFuture<>();
    private int tries;
    private boolean confirmed;

    Question(
        Producer producer, TopicPartition partition, LongSupplier highWatermark, boolean adds) {
      this.producer = producer;
      this.partition = partition;
      this.highWatermark = highWatermark;
      this.adds = adds;
    }

    void ask() {
      tries++;
      // Noted before: what the coordinator says does not count after a later marker.
      long from = highWatermark.getAsLong();
      askOnce(producer, partition, adds)
          .whenComplete(
              (error, failure) ->
                  answered(failure == null ? error : CoordinatorErrors.of(failure), from));
    }

    private void answered(Errors error, long from) {
      boolean busy = error == Errors.CONCURRENT_TRANSACTIONS && adds;
      // Between the note and the answer there may have been the marker of the last transaction.
      boolean doubtful = error == Errors.NONE && !confirmed && highWatermark.getAsLong() != from;
      confirmed |= error == Errors.NONE;
      if (tries < MAX_TRIES && doubtful) {
        ask();
      } else if (tries < MAX_TRIES && busy) {
        later();
      } else {
        answer.complete(new Confirmation(error, from));
      }
    }

    private void later() {
      around
          .timer()
          .add(
              new TimerTask(BETWEEN_TRIES_MS) {
                @Override
                public void run() {
                  ask();
                }
              });
    }
  }
}
