package dev.leat.kafka.network;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.apache.kafka.common.protocol.ApiKeys;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what a client sends into requests: four bytes of length, then so many bytes. Memory grows
 * with what has arrived, not with what was announced.
 */
final class FrameReader implements AutoCloseable {
  private static final int LENGTH_BYTES = 4;
  private static final int FIRST_BYTES = 16 << 10;

  /**
   * Largest request that is not Produce. Names and numbers become objects of many times their size,
   * records do not; a fetch of 100,000 partitions is smaller.
   */
  static final int MAX_BYTES_WITHOUT_RECORDS = 4 << 20;

  private final ByteBufAllocator buffers;
  private final int maxFrameBytes;
  private int lengthBytes;
  private int length;
  private @Nullable ByteBuf frame;

  FrameReader(ByteBufAllocator buffers, int maxFrameBytes) {
    this.buffers = buffers;
    this.maxFrameBytes = maxFrameBytes;
  }

  /** A length that no request has: who sends it speaks another protocol, or means harm. */
  static final class BadLengthException extends Exception {
    private static final long serialVersionUID = 1L;

    private BadLengthException(int length, int max) {
      super("a request of %d bytes was announced; 1 to %d are possible".formatted(length, max));
    }
  }

  /** Whether a request has begun and is not complete. */
  boolean isInside() {
    return lengthBytes > 0;
  }

  /** Bytes of the request that is arriving. */
  int heldBytes() {
    return frame == null ? 0 : frame.capacity();
  }

  /** The next request, which belongs to the caller, or null if all of {@code in} is read. */
  @Nullable ByteBuf next(ByteBuf in) throws BadLengthException {
    while (lengthBytes < LENGTH_BYTES) {
      if (!in.isReadable()) {
        return null;
      }
      length = length << Byte.SIZE | in.readUnsignedByte();
      lengthBytes++;
    }
    if (length <= 0 || length > maxFrameBytes) {
      throw new BadLengthException(length, maxFrameBytes);
    }
    ByteBuf partial = frame;
    if (partial == null) {
      int ready = Math.min(length, in.readableBytes());
      partial = buffers.directBuffer(Math.min(length, Math.max(ready, FIRST_BYTES)), length);
      frame = partial;
    }
    partial.writeBytes(in, Math.min(in.readableBytes(), length - partial.writerIndex()));
    if (length > MAX_BYTES_WITHOUT_RECORDS
        && partial.writerIndex() >= Short.BYTES
        && partial.getShort(0) != ApiKeys.PRODUCE.id) {
      throw new BadLengthException(length, MAX_BYTES_WITHOUT_RECORDS);
    }
    if (partial.writerIndex() < length) {
      return null;
    }
    frame = null;
    lengthBytes = 0;
    length = 0;
    return partial;
  }

  @Override
  public void close() {
    if (frame != null) {
      frame.release();
      frame = null;
    }
  }
}
