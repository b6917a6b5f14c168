package dev.leat.broker.runtime.groups;

import dev.leat.broker.runtime.Answer;
import dev.leat.broker.runtime.RequestError;
import dev.leat.broker.runtime.groups.GroupCoordination.Slot;
import dev.leat.broker.runtime.groups.QueueCoordination.Handout;
import dev.leat.broker.runtime.groups.QueueCoordination.Member;
import dev.leat.broker.runtime.groups.QueueCoordination.Verdict;
import dev.leat.broker.runtime.groups.QueueCoordination.Wish;
import dev.leat.broker.runtime.thread.Clock;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Hands records out on one stream: asks for more as long as the client takes them, and has not too
 * many that it has not acknowledged. Safe for use by any thread; the sink is called by one at a
 * time.
 */
public final class QueueDelivery {
  private static final int RETRY_MS = 200;

  private final QueueCoordination queues;
  private final Clock clock;
  private final Executor later;
  private final Sink sink;
  private final Set<Slot> partitions = new HashSet<>();
  private final Set<Slot> touched = new HashSet<>();

  /** Records that are with the client, and until when they are locked, in monotonic ms. */
  private final Map<Out, Long> out = new HashMap<>();

  private final Terms terms;
  private int lockMs;
  private boolean asking;
  private boolean waiting;
  private boolean ended;

  /** A record that is with the client. */
  private record Out(Slot slot, long offset) {}

  /**
   * How records are handed out.
   *
   * @param member to whom
   * @param fromStart where a group begins that is new to a partition
   * @param maxRecords so many may be with the client, at most
   */
  public record Terms(Member member, boolean fromStart, int maxRecords) {}

  /** Who passes records on to the client. */
  public interface Sink {
    /** Whether the client takes more. */
    boolean isReady();

    /**
     * Passes on what was handed out.
     *
     * @return the records' offsets, by partition; what else was locked is none
     */
    Map<Slot, List<Long>> deliver(Handout handout);

    /** Nothing can be handed out any more. */
    void failed(RequestError error);
  }

  /**
   * Hands out nothing yet.
   *
   * @param executor runs what is due later
   */
  public QueueDelivery(
      QueueCoordination queues, Clock clock, Executor executor, Terms terms, Sink sink) {
    this.queues = queues;
    this.clock = clock;
    this.later = CompletableFuture.delayedExecutor(RETRY_MS, TimeUnit.MILLISECONDS, executor);
    this.terms = terms;
    this.sink = sink;
  }

  /** Hands out of these partitions from now on, and of no others. */
  public void partitions(Collection<Slot> wanted) {
    synchronized (this) {
      partitions.clear();
      partitions.addAll(wanted);
      touched.addAll(wanted);
    }
    pump();
  }

  /** The client may take more. */
  public void pump() {
    Wish wish;
    synchronized (this) {
      forgetUnlocked();
      int room = terms.maxRecords() - out.size();
      if (ended || asking || partitions.isEmpty() || !sink.isReady()) {
        return;
      }
      if (room <= 0) {
        pumpLater();
        return;
      }
      asking = true;
      wish = new Wish(terms.member(), List.copyOf(partitions), terms.fromStart(), room);
    }
    queues
        .acquire(wish)
        .exceptionally(
            failure ->
                Answer.refused(RequestError.Code.INTERNAL, "a defect of the broker: " + failure))
        .thenAccept(this::acquired);
  }

  /** Looks again when a lock may have ended, or what failed may be possible. */
  private void pumpLater() {
    if (!waiting && !ended) {
      waiting = true;
      later.execute(
          () -> {
            synchronized (this) {
              waiting = false;
            }
            pump();
          });
    }
  }

  private void forgetUnlocked() {
    long now = clock.monotonicMs();
    out.values().removeIf(untilMs -> untilMs <= now);
  }

  private void acquired(Answer<Handout> answer) {
    boolean more = true;
    synchronized (this) {
      asking = false;
      if (ended) {
        if (answer instanceof Answer.Ok<Handout>) {
          queues.release(terms.member(), touched);
        }
        return;
      }
      switch (answer) {
        case Answer.Ok<Handout>(Handout handout) -> handOver(handout);
        case Answer.Refused<Handout>(RequestError error)
            when error.code() == RequestError.Code.UNAVAILABLE -> {
          pumpLater();
          more = false;
        }
        case Answer.Refused<Handout>(RequestError error) -> {
          sink.failed(error);
          more = false;
        }
      }
    }
    if (more) {
      pump();
    }
  }

  private void handOver(Handout handout) {
    partitions.removeAll(handout.failed().keySet());
    if (handout.pieces().isEmpty() && handout.failed().isEmpty()) {
      return;
    }
    Map<Slot, List<Long>> records = sink.deliver(handout);
    if (ended) {
      return;
    }
    lockMs = handout.lockMs();
    long untilMs = clock.monotonicMs() + lockMs;
    records.forEach((slot, offsets) -> offsets.forEach(at -> out.put(new Out(slot, at), untilMs)));
    List<Verdict> gaps = Gaps.of(handout, records);
    if (!gaps.isEmpty()) {
      queues.acknowledge(terms.member(), gaps);
    }
  }

  /** The client says what became of records. */
  public CompletionStage<Map<Slot, RequestError>> acknowledge(List<Verdict> verdicts) {
    synchronized (this) {
      verdicts.forEach(this::note);
    }
    CompletionStage<Map<Slot, RequestError>> answer = queues.acknowledge(terms.member(), verdicts);
    pump();
    return answer;
  }

  private void note(Verdict verdict) {
    long untilMs = clock.monotonicMs() + lockMs;
    for (Out record : List.copyOf(out.keySet())) {
      if (record.slot().equals(verdict.slot())
          && record.offset() >= verdict.first()
          && record.offset() <= verdict.last()) {
        if (verdict.kind() == Verdict.Kind.RENEW) {
          out.put(record, untilMs);
        } else {
          out.remove(record);
        }
      }
    }
  }

  /** The stream has ended: others may have what is with the client. */
  public void end() {
    Set<Slot> all;
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
      all = Set.copyOf(touched);
    }
    queues.release(terms.member(), all);
  }
}
