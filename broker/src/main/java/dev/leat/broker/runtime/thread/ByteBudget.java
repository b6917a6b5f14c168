package dev.leat.broker.runtime.thread;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * Bounds the memory that requests of all clients hold together. Who has taken bytes asks to go on
 * by {@link #whenFree}: at once while there is room, else when others have given back enough, in
 * order of asking. So each client can overdraw by one request, and none starves.
 */
public final class ByteBudget {
  private final long limitBytes;
  private final LongConsumer report;
  private final AtomicLong held = new AtomicLong();
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

  /**
   * A budget of so many bytes.
   *
   * @param report hears how many are held, after every change
   */
  public ByteBudget(long limitBytes, LongConsumer report) {
    this.limitBytes = limitBytes;
    this.report = report;
  }

  /** Whether {@link #whenFree} would let nobody go on now. */
  public boolean isFull() {
    return held.get() >= limitBytes;
  }

  /** What is held, and {@code more}, as a multiple of the limit, rounded down. */
  public long timesHeld(long more) {
    return (held.get() + more) / limitBytes;
  }

  /** Takes bytes that are in memory already. */
  public void take(long bytes) {
    report.accept(held.addAndGet(bytes));
  }

  /** Gives bytes back, and lets others go on if there is room now. */
  public void giveBack(long bytes) {
    report.accept(held.addAndGet(-bytes));
    resume();
  }

  /** Runs {@code next} as soon as there is room: here and now, or on the thread that gives back. */
  public void whenFree(Runnable next) {
    if (waiting.isEmpty() && held.get() < limitBytes) {
      next.run();
      return;
    }
    waiting.add(next);
    // Somebody may have given back between the two: nobody else would notice.
    resume();
  }

  private void resume() {
    while (held.get() < limitBytes) {
      Runnable next = waiting.poll();
      if (next == null) {
        return;
      }
      next.run();
    }
  }
}
