package dev.leat.api.rpc;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/** Knows how many of its buffers are in use; gives direct and heap buffers in turn. */
final class CountingBufferSource implements BufferSource {

  private final AtomicInteger inUse = new AtomicInteger();
  private final AtomicInteger allocated = new AtomicInteger();

  int inUse() {
    return inUse.get();
  }

  @Override
  public ReleasableBuffer allocate(int bytes) {
    inUse.incrementAndGet();
    boolean direct = allocated.incrementAndGet() % 2 == 0;
    ByteBuffer buffer = direct ? ByteBuffer.allocateDirect(bytes) : ByteBuffer.allocate(bytes);
    AtomicInteger references = new AtomicInteger(1);
    return new ReleasableBuffer() {
      @Override
      public ByteBuffer buffer() {
        return buffer;
      }

      @Override
      public void retain() {
        references.incrementAndGet();
      }

      @Override
      public void release() {
        if (references.decrementAndGet() == 0) {
          inUse.decrementAndGet();
        }
      }
    };
  }
}
