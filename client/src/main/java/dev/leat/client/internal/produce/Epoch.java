package dev.leat.client.internal.produce;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The batches that were begun between two flushes, as a number. A flush ends the present epoch and
 * waits until no batch of it and of those before is left.
 */
final class Epoch {

  private @Nullable Epoch previous;
  private int pending;

  Epoch(@Nullable Epoch previous) {
    this.previous = previous;
  }

  synchronized void onBatchBegun() {
    pending++;
  }

  synchronized void onBatchDone() {
    pending--;
    if (pending == 0) {
      notifyAll();
    }
  }

  /** Waits until all batches are done; says whether they are. */
  boolean await(long deadlineNanos) throws InterruptedException {
    Epoch before = previous();
    if (before != null && !before.await(deadlineNanos)) {
      return false;
    }
    synchronized (this) {
      previous = null;
      while (pending > 0) {
        long leftNanos = deadlineNanos - System.nanoTime();
        if (leftNanos <= 0) {
          return false;
        }
        TimeUnit.NANOSECONDS.timedWait(this, leftNanos);
      }
      return true;
    }
  }

  private synchronized @Nullable Epoch previous() {
    return previous;
  }
}
