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
  private volatile long roomBytes;

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
      roomBytes += append.roomBytes();
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
      return !batch.isEmpty() || !closed;
    } finally {
      lock.unlock();
    }
  }

  /** What was taken has been written. */
  void written(List<Append> batch) {
    lock.lock();
    try {
      for (int i = 0; i < batch.size(); i++) {
        roomBytes -= batch.get(i).roomBytes();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Bytes of a segment that everything needs that waits or is being written. */
  long roomBytes() {
    return roomBytes;
  }

  /** Whether anything waits. */
  boolean isEmpty() {
    lock.lock();
    try {
      return waiting.isEmpty();
    } finally {
      lock.unlock();
    }
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
