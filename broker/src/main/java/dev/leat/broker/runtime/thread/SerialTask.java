package dev.leat.broker.runtime.thread;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs something on an executor whenever it is woken: never twice at a time, and once more if it
 * was woken while it ran, so that no wake is lost and many wakes cost one run.
 */
public final class SerialTask {
  private final Executor executor;
  private final Runnable body;
  private final AtomicInteger wakes = new AtomicInteger();

  /** A task that has not been woken yet. */
  public SerialTask(Executor executor, Runnable body) {
    this.executor = executor;
    this.body = body;
  }

  /** Makes it run, soon. Any thread. */
  public void wake() {
    if (wakes.getAndIncrement() == 0) {
      executor.execute(this::run);
    }
  }

  private void run() {
    int seen;
    do {
      seen = wakes.get();
      body.run();
    } while (wakes.addAndGet(-seen) != 0);
  }
}
