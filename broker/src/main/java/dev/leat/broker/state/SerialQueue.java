package dev.leat.broker.state;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Hands what is offered to one consumer, in order, one batch at a time, on the threads of an
 * executor. What queues up while a batch is worked on becomes the next one.
 */
final class SerialQueue<T> {
  private final Executor executor;
  private final int maxQueued;
  private final int maxBatch;
  private final Consumer<List<T>> consumer;
  // Held while a batch is worked on.
  private final ReentrantLock working = new ReentrantLock();

  // Guarded by this object's monitor.
  private final Queue<T> queue = new ArrayDeque<>();
  private boolean scheduled;
  private boolean closed;

  /** Up to {@code maxQueued} items wait; the consumer gets at most {@code maxBatch} at once. */
  SerialQueue(Executor executor, int maxQueued, int maxBatch, Consumer<List<T>> consumer) {
    this.executor = executor;
    this.maxQueued = maxQueued;
    this.maxBatch = maxBatch;
    this.consumer = consumer;
  }

  /** Takes an item, unless the queue is full or closed. */
  boolean offer(T item) {
    synchronized (this) {
      if (closed || queue.size() >= maxQueued) {
        return false;
      }
      queue.add(item);
      if (scheduled) {
        return true;
      }
      scheduled = true;
    }
    schedule();
    return true;
  }

  private void schedule() {
    try {
      executor.execute(this::work);
    } catch (RejectedExecutionException e) {
      // The executor has ended; what is queued is worked on by close().
      synchronized (this) {
        scheduled = false;
      }
    }
  }

  /** Takes nothing more, and returns when everything taken has been worked on. */
  void close() {
    synchronized (this) {
      closed = true;
    }
    work();
  }

  private void work() {
    working.lock();
    try {
      for (List<T> batch = take(); !batch.isEmpty(); batch = take()) {
        consumer.accept(batch);
      }
    } finally {
      working.unlock();
    }
  }

  private synchronized List<T> take() {
    List<T> batch = new ArrayList<>(Math.min(queue.size(), maxBatch));
    while (batch.size() < maxBatch && !queue.isEmpty()) {
      batch.add(queue.remove());
    }
    if (batch.isEmpty()) {
      scheduled = false;
    }
    return batch;
  }
}
