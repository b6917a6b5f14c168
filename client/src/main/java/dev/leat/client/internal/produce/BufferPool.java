package dev.leat.client.internal.produce;

import dev.leat.client.error.LeatErrorCode;
import dev.leat.client.error.LeatException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The memory of batches: a bounded number of bytes, in arrays of a few sizes, each a quarter of the
 * next. A batch begins in a small array and moves to larger ones, so that ten thousand partitions
 * with a few records each need little. Larger records get an array of their own. Safe for use by
 * several threads.
 */
final class BufferPool {

  /** Arrays smaller than that would be mostly overhead. */
  private static final int MIN_BYTES = 1024;

  private static final int GROWTH = 4;

  private final long capacityBytes;
  private final List<SizeClass> classes = new ArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition freed = lock.newCondition();
  private long usedBytes;
  private long unusedBytes;
  private int waiters;
  private boolean closed;

  /** Arrays of one size that are free. */
  private record SizeClass(int bytes, ArrayDeque<byte[]> free) {}

  BufferPool(long capacityBytes, int batchBytes) {
    this.capacityBytes = capacityBytes;
    for (int bytes = batchBytes; bytes >= MIN_BYTES; bytes /= GROWTH) {
      classes.addFirst(new SizeClass(bytes, new ArrayDeque<>()));
    }
    if (classes.isEmpty()) {
      classes.add(new SizeClass(batchBytes, new ArrayDeque<>()));
    }
  }

  /** The smallest size of an array that has this many bytes. */
  int fitting(long bytes) {
    for (SizeClass size : classes) {
      if (size.bytes >= bytes) {
        return size.bytes;
      }
    }
    return (int) bytes;
  }

  /** The next larger size of arrays, 0 if there is none. */
  int largerThan(int bytes) {
    for (SizeClass size : classes) {
      if (size.bytes > bytes) {
        return size.bytes;
      }
    }
    return 0;
  }

  /** Bytes in use. */
  long usedBytes() {
    lock.lock();
    try {
      return usedBytes;
    } finally {
      lock.unlock();
    }
  }

  /** An array, if there is memory for it now. */
  byte @Nullable [] tryAllocate(int bytes) {
    lock.lock();
    try {
      return waiters > 0 ? null : take(bytes);
    } finally {
      lock.unlock();
    }
  }

  /** An array; waits for memory. */
  byte[] allocate(int bytes, long maxWaitMs) {
    long leftNanos = TimeUnit.MILLISECONDS.toNanos(maxWaitMs);
    lock.lock();
    waiters++;
    try {
      while (true) {
        if (closed) {
          throw LeatException.of(LeatErrorCode.CLOSED, "the producer is closed");
        }
        byte[] array = take(bytes);
        if (array != null) {
          return array;
        }
        if (leftNanos <= 0) {
          throw full(maxWaitMs);
        }
        leftNanos = freed.awaitNanos(leftNanos);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw LeatException.of(
          LeatErrorCode.INTERRUPTED, "interrupted while waiting for buffer memory", e);
    } finally {
      waiters--;
      lock.unlock();
    }
  }

  private LeatException full(long waitedMs) {
    return LeatException.of(
        LeatErrorCode.BUFFER_FULL,
        "no free buffer memory within %d ms, all %d bytes wait for brokers: send more slowly"
            .formatted(waitedMs, capacityBytes));
  }

  private byte @Nullable [] take(int bytes) {
    for (SizeClass size : classes) {
      if (size.bytes == bytes) {
        byte[] array = size.free.poll();
        if (array != null) {
          unusedBytes -= bytes;
          usedBytes += bytes;
          return array;
        }
      }
    }
    if (usedBytes + bytes > capacityBytes) {
      return null;
    }
    dropUnused(usedBytes + bytes);
    usedBytes += bytes;
    return new byte[bytes];
  }

  /** Gives free arrays of other sizes to the garbage collector, as many as the bound asks for. */
  private void dropUnused(long wantedBytes) {
    for (int i = classes.size() - 1; i >= 0; i--) {
      SizeClass size = classes.get(i);
      while (wantedBytes + unusedBytes > capacityBytes && !size.free.isEmpty()) {
        size.free.poll();
        unusedBytes -= size.bytes;
      }
    }
  }

  /** Gives an array back. */
  void release(byte[] array) {
    lock.lock();
    try {
      usedBytes -= array.length;
      for (SizeClass size : classes) {
        if (size.bytes == array.length) {
          size.free.push(array);
          unusedBytes += array.length;
        }
      }
      if (waiters > 0) {
        freed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Ends all waiting. */
  void close() {
    lock.lock();
    try {
      closed = true;
      freed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
