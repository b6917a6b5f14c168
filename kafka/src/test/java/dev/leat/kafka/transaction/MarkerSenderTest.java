package dev.leat.kafka.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.NotCoordinatorException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.server.common.TransactionVersion;
import org.apache.kafka.server.util.timer.SystemTimer;
import org.apache.kafka.server.util.timer.SystemTimerReaper;
import org.apache.kafka.server.util.timer.Timer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MarkerSenderTest {
  private static final TopicPartition A = new TopicPartition("a", 0);
  private static final TopicPartition B = new TopicPartition("b", 1);
  private static final int EPOCH = 7;

  private final Map<TopicPartition, Queue<Errors>> answers = new ConcurrentHashMap<>();
  private final Queue<TopicPartition> written = new ConcurrentLinkedQueue<>();
  private final Queue<Throwable> failuresToComplete = new ConcurrentLinkedQueue<>();
  private final List<Transaction> completed = new ArrayList<>();
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private final Timer timer = new SystemTimerReaper("test-reaper", new SystemTimer("test-timer"));
  private final MarkerSender sender = new MarkerSender(this::write, timer, this::complete);

  @AfterEach
  void stop() throws Exception {
    sender.close();
    timer.close();
  }

  private void write(
      Set<TopicPartition> partitions, Marker marker, BiConsumer<TopicPartition, Errors> answer) {
    for (TopicPartition partition : partitions) {
      written.add(partition);
      Errors error = answers.getOrDefault(partition, new ConcurrentLinkedQueue<>()).poll();
      answer.accept(partition, error == null ? Errors.NONE : error);
    }
  }

  private CompletionStage<Void> complete(Transaction transaction) {
    Throwable failure = failuresToComplete.poll();
    if (failure != null) {
      return CompletableFuture.failedStage(failure);
    }
    completed.add(transaction);
    done.complete(null);
    return CompletableFuture.completedStage(null);
  }

  private static Transaction decided(Set<TopicPartition> partitions) {
    return Transaction.unused("id", 5, 1_000, 1)
        .begun(1_000, Optional.empty(), 1)
        .with(partitions, 2, TransactionVersion.TV_2)
        .decided(true, TransactionVersion.TV_2, -1, 3, false);
  }

  private void answer(TopicPartition partition, Errors... errors) {
    answers.put(partition, new ConcurrentLinkedQueue<>(List.of(errors)));
  }

  private void awaitCompletion() {
    done.orTimeout(20, TimeUnit.SECONDS).join();
  }

  @Test
  void shouldWriteAgainWhereItFailed() {
    answer(A, Errors.NOT_LEADER_OR_FOLLOWER, Errors.NOT_ENOUGH_REPLICAS);

    sender.send(decided(Set.of(A, B)), EPOCH);
    awaitCompletion();

    assertThat(written).containsExactlyInAnyOrder(A, A, A, B);
    assertThat(completed).hasSize(1);
  }

  @Test
  void shouldCompleteWhatTouchedNoPartition() {
    sender.send(decided(Set.of()), EPOCH);
    awaitCompletion();

    assertThat(written).isEmpty();
    assertThat(completed).hasSize(1);
  }

  @Test
  void shouldNoteTheEndAgainIfThatFailed() {
    failuresToComplete.add(new IllegalStateException("not now"));

    sender.send(decided(Set.of(A)), EPOCH);
    awaitCompletion();

    assertThat(written).containsExactly(A);
  }

  @Test
  void shouldStopWhenAnotherCoordinatorIsThere() {
    answer(A, Errors.TRANSACTION_COORDINATOR_FENCED);

    sender.send(decided(Set.of(A)), EPOCH);

    assertThat(written).containsExactly(A);
    assertThat(completed).isEmpty();
  }

  @Test
  void shouldLeaveWhatItsSuccessorCarriesOut() {
    failuresToComplete.add(new NotCoordinatorException("another leads"));
    sender.send(decided(Set.of(A)), EPOCH);
    assertThat(completed).isEmpty();

    sender.send(decided(Set.of(A)), EPOCH + 1);
    awaitCompletion();

    assertThat(written).containsExactly(A, A);
  }
}
