package dev.leat.kafka.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class PeerQueueTest {
  private final List<List<Integer>> asked = new ArrayList<>();
  private final List<CompletableFuture<Void>> answers = new ArrayList<>();
  private final PeerQueue<Integer> queue = new PeerQueue<>(this::ask);

  private CompletableFuture<Void> ask(List<Integer> questions) {
    asked.add(questions);
    answers.add(new CompletableFuture<>());
    return answers.getLast();
  }

  @Test
  void shouldAskTheFirstAtOnceAndTheRestTogether() {
    queue.add(1);
    queue.add(2);
    queue.add(3);
    assertThat(asked).containsExactly(List.of(1));

    answers.getLast().complete(null);
    assertThat(asked).containsExactly(List.of(1), List.of(2, 3));

    answers.getLast().complete(null);
    queue.add(4);
    assertThat(asked).containsExactly(List.of(1), List.of(2, 3), List.of(4));
  }

  @Test
  void shouldGoOnAfterAFailure() {
    queue.add(1);
    queue.add(2);

    answers.getLast().completeExceptionally(new IllegalStateException("gone"));

    assertThat(asked).containsExactly(List.of(1), List.of(2));
  }

  @Test
  void shouldBoundWhatGoesTogether() {
    queue.add(0);
    for (int i = 0; i < PeerQueue.MAX_TOGETHER + 1; i++) {
      queue.add(i);
    }

    answers.getLast().complete(null);
    answers.getLast().complete(null);

    assertThat(asked).extracting(List::size).containsExactly(1, PeerQueue.MAX_TOGETHER, 1);
  }
}
