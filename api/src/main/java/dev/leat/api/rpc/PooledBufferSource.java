package dev.leat.api.rpc;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;

/**
 * Hands out buffers in sizes of powers of two and keeps released ones for the next time.
 *
 * <p>Only what lies unused here is bounded; how much is in use is for the callers to bound.
 */
public final class PooledBufferSource implements BufferSource {

  private static final int MIN_SHIFT = 12;
  private static final int MAX_SHIFT = 24;

  private final IntFunction<ByteBuffer> allocator;
  private final long maxUnusedBytes;
  private final AtomicLong unusedBytes = new AtomicLong();
  private final List<Queue<ByteBuffer>> unused = new ArrayList<>();

  private PooledBufferSource(IntFunction<ByteBuffer> allocator, long maxUnusedBytes) {
    this.allocator = allocator;
    this.maxUnusedBytes = maxUnusedBytes;
    for (int shift = MIN_SHIFT; shift <= MAX_SHIFT; shift++) {
      unused.add(new ConcurrentLinkedQueue<>());
    }
  }

  /** Buffers outside the heap. */
  public static PooledBufferSource direct(long maxUnusedBytes) {
    return new PooledBufferSource(ByteBuffer::allocateDirect, maxUnusedBytes);
  }

  /** Buffers on the heap. */
  public static PooledBufferSource heap(long maxUnusedBytes) {
    return new PooledBufferSource(ByteBuffer::allocate, maxUnusedBytes);
  }

  /** Bytes that wait here for their next use. */
  public long unusedBytes() {
    return unusedBytes.get();
  }

  @Override
  public ReleasableBuffer allocate(int bytes) {
    int shift =
        Math.max(MIN_SHIFT, Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(bytes, 1) - 1));
    if (shift > MAX_SHIFT) {
      throw new IllegalArgumentException(
          "a message has at most " + (1 << MAX_SHIFT) + " bytes, not " + bytes);
    }
    Queue<ByteBuffer> shelf = unused.get(shift - MIN_SHIFT);
    ByteBuffer buffer = shelf.poll();
    if (buffer == null) {
      buffer = allocator.apply(1 << shift);
    } else {
      unusedBytes.addAndGet(-buffer.capacity());
    }
    return new Pooled(this, buffer.clear().limit(bytes));
  }

  private void takeBack(ByteBuffer buffer) {
    int bytes = buffer.capacity();
    if (unusedBytes.addAndGet(bytes) > maxUnusedBytes) {
      unusedBytes.addAndGet(-bytes);
      return;
    }
    unused.get(Integer.numberOfTrailingZeros(bytes) - MIN_SHIFT).add(buffer);
  }

  /** One use of a buffer. */
  private static final class Pooled extends AtomicInteger implements ReleasableBuffer {
    private static final long serialVersionUID = 1L;

    private final transient PooledBufferSource source;
    private final transient ByteBuffer buffer;

    Pooled(PooledBufferSource source, ByteBuffer buffer) {
      super(1);
      this.source = source;
      this.buffer = buffer;
    }

    @Override
    public ByteBuffer buffer() {
      return buffer;
    }

    @Override
    public void retain() {
      if (getAndUpdate(references -> references > 0 ? references + 1 : 0) == 0) {
        throw new IllegalStateException("the buffer is released already");
      }
    }

    @Override
    public void release() {
      int left = decrementAndGet();
      if (left == 0) {
        source.takeBack(buffer);
      } else if (left < 0) {
        set(0);
        throw new IllegalStateException("the buffer is released already");
      }
    }
  }
}
