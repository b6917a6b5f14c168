package dev.leat.client.internal.consume;

import dev.leat.client.error.LeatException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What came from brokers and waits for the program. Bounded by the credit that streams are given:
 * an item of a stream gives one back when it is done.
 */
final class Inbox {

  /** Something that came. */
  sealed interface Item {

    /**
     * Batches of one partition.
     *
     * @param cursor for whom
     * @param batches the bytes, from position to limit
     * @param response what they came in
     */
    record Batches(PartitionCursor cursor, ByteBuffer batches, Response response) implements Item {}

    /**
     * A partition cannot be read any further.
     *
     * @param cursor which
     * @param error why
     */
    record Failed(PartitionCursor cursor, LeatException error) implements Item {}
  }

  /** One response, of which some items are not done. */
  static final class Response {
    private final FetchStream stream;
    private int pending;

    Response(FetchStream stream, int items) {
      this.stream = stream;
      pending = items;
    }

    /** An item is done; when all are, the broker may send one response more. */
    void onDone() {
      pending--;
      if (pending == 0) {
        stream.credit();
      }
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final ArrayDeque<Item> items = new ArrayDeque<>();
  private boolean woken;
  private boolean closed;

  void add(Item item) {
    lock.lock();
    try {
      items.add(item);
      arrived.signal();
    } finally {
      lock.unlock();
    }
  }

  /** The next item; null if none comes in time, or when woken or closed. */
  @Nullable Item poll(long waitNanos) throws InterruptedException {
    long left = waitNanos;
    lock.lock();
    try {
      while (items.isEmpty() && !woken && !closed && left > 0) {
        left = arrived.awaitNanos(left);
      }
      if (items.isEmpty()) {
        woken = false;
      }
      return items.poll();
    } finally {
      lock.unlock();
    }
  }

  void wakeup() {
    lock.lock();
    try {
      woken = true;
      arrived.signal();
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      closed = true;
      items.clear();
      arrived.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
