package dev.leat.kafka.transaction;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * What waits to be asked of one broker. While a request is under way, questions gather and then go
 * as one: a broker carries out the requests of a connection one after the other and answers each
 * when it is on disk, so questions that go together share one wait.
 *
 * <p>Threads: any.
 *
 * @param <Q> a question
 */
final class PeerQueue<Q> {
  /** Questions that go together, at most: a request must stay below the limit of its size. */
  static final int MAX_TOGETHER = 500;

  private final Function<List<Q>, CompletionStage<?>> asker;
  private final Deque<Q> waiting = new ArrayDeque<>();
  private boolean underWay;

  /**
   * Nothing waits.
   *
   * @param asker asks; what it returns completes when all questions are answered
   */
  PeerQueue(Function<List<Q>, CompletionStage<?>> asker) {
    this.asker = asker;
  }

  /** Asks at once, or together with others when the request that is under way is answered. */
  void add(Q question) {
    synchronized (this) {
      waiting.add(question);
      if (underWay) {
        return;
      }
      underWay = true;
    }
    askNext();
  }

  private void askNext() {
    List<Q> together = new ArrayList<>();
    synchronized (this) {
      while (!waiting.isEmpty() && together.size() < MAX_TOGETHER) {
        together.add(waiting.remove());
      }
      if (together.isEmpty()) {
        underWay = false;
        return;
      }
    }
    asker.apply(together).whenComplete((done, failure) -> askNext());
  }
}
