package dev.leat.api.rpc;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An outgoing message for gRPC, which copies it once, into the network's buffers. A buffer outside
 * the heap goes there through a small array that stays in the processor's cache, for gRPC takes
 * arrays only.
 */
public final class MessageStream extends InputStream implements KnownLength, Drainable {

  private static final int CHUNK_BYTES = 16 * 1024;
  private static final ThreadLocal<byte[]> CHUNK =
      ThreadLocal.withInitial(() -> new byte[CHUNK_BYTES]);

  private final List<ByteBuffer> parts;
  private int remaining;
  private int index;

  /**
   * A message of these bytes.
   *
   * @param parts each from position to limit; used up by reading, their bytes must stay as they are
   *     until then
   * @param totalBytes their sum
   */
  public MessageStream(List<ByteBuffer> parts, int totalBytes) {
    this.parts = parts;
    remaining = totalBytes;
  }

  @Override
  public int drainTo(OutputStream target) throws IOException {
    int drained = remaining;
    for (; index < parts.size(); index++) {
      drain(parts.get(index), target);
    }
    remaining = 0;
    return drained;
  }

  private static void drain(ByteBuffer part, OutputStream target) throws IOException {
    if (part.hasArray()) {
      target.write(part.array(), part.arrayOffset() + part.position(), part.remaining());
      part.position(part.limit());
      return;
    }
    byte[] chunk = CHUNK.get();
    while (part.hasRemaining()) {
      int size = Math.min(chunk.length, part.remaining());
      part.get(chunk, 0, size);
      target.write(chunk, 0, size);
    }
  }

  @Override
  public int available() {
    return remaining;
  }

  @Override
  public int read() {
    ByteBuffer part = nextPart();
    if (part == null) {
      return -1;
    }
    remaining--;
    return part.get() & 0xff;
  }

  @Override
  public int read(byte[] target, int from, int length) {
    if (length == 0) {
      return 0;
    }
    ByteBuffer part = nextPart();
    if (part == null) {
      return -1;
    }
    int size = Math.min(length, part.remaining());
    part.get(target, from, size);
    remaining -= size;
    return size;
  }

  private @Nullable ByteBuffer nextPart() {
    while (index < parts.size()) {
      if (parts.get(index).hasRemaining()) {
        return parts.get(index);
      }
      index++;
    }
    return null;
  }
}
