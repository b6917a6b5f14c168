package dev.leat.broker.journal;

import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Appends that wait for the journal loop. Whoever appends bounds it: every append has a ticket that
 * is given back.
 */
final class AppendQueue {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<Append> waiting = new ArrayDeque<>();
  private final int maxBytes;
  private final int maxEntries;

  /** Written under the lock. */
  private volatile long bytes;

  private boolean closed;

  /** Limits are those of one {@link #take}. */
  AppendQueue(int maxBytes, int maxEntries) {
    this.maxBytes = maxBytes;
    this.maxEntries = maxEntries;
  }

  void put(Append append) {
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("journal is closed");
      }
      waiting.addLast(append);
      bytes += append.sizeBytes();
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Moves appends into {@code batch}, up to the limits, one at least if any waits.
   *
   * @param wait whether to wait for one
   * @return false if the queue is closed and empty
   */
  boolean take(List<Append> batch, boolean wait) throws InterruptedException {
    lock.lock();
    try {
      while (wait && waiting.isEmpty() && !closed) {
        changed.await();
      }
      long taken = 0;
      int entries = 0;
      while (!waiting.isEmpty() && taken < maxBytes && entries < maxEntries) {
        Append next = waiting.removeFirst();
        batch.add(next);
        taken += next.sizeBytes();
        entries += next.entries().size();
      }
      bytes -= taken;
      return !batch.isEmpty() || !closed;
    } finally {
      lock.unlock();
    }
  }

  /** Bytes that wait. */
  long bytes() {
    return bytes;
  }

  /** Takes nothing more; what waits can still be taken. */
  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
