package dev.leat.api.rpc;

import io.grpc.HasByteBuffer;
import io.grpc.KnownLength;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/** Brings the bytes of an incoming message into one buffer: the only copy that is made of them. */
public final class MessageInput {

  private static final int CHUNK_BYTES = 16 * 1024;

  private MessageInput() {}

  /** All bytes of a message; gRPC ends the call when this throws. */
  public static ReleasableBuffer read(InputStream input, BufferSource source) {
    try {
      if (input instanceof KnownLength) {
        return readKnown(input, input.available(), source);
      }
      // A message that gRPC has decompressed: its size shows at its end only.
      byte[] bytes = input.readNBytes(WireLimits.MAX_MESSAGE_BYTES + 1);
      checkSize(bytes.length);
      ReleasableBuffer target = source.allocate(bytes.length);
      target.buffer().put(0, bytes);
      return target;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ReleasableBuffer readKnown(InputStream input, int bytes, BufferSource source)
      throws IOException {
    checkSize(bytes);
    ReleasableBuffer target = source.allocate(bytes);
    boolean done = false;
    try {
      if (input instanceof HasByteBuffer buffers && buffers.byteBufferSupported()) {
        copyBuffers(input, buffers, target.buffer(), bytes);
      } else {
        copyChunks(input, target.buffer(), bytes);
      }
      done = true;
      return target;
    } finally {
      if (!done) {
        target.release();
      }
    }
  }

  private static void copyBuffers(
      InputStream input, HasByteBuffer buffers, ByteBuffer target, int bytes) throws IOException {
    int at = 0;
    while (at < bytes) {
      ByteBuffer piece = buffers.getByteBuffer();
      if (piece == null || !piece.hasRemaining()) {
        throw new IOException("the message ended after " + at + " of " + bytes + " bytes");
      }
      int size = Math.min(piece.remaining(), bytes - at);
      target.put(at, piece, piece.position(), size);
      at += size;
      input.skipNBytes(size);
    }
  }

  private static void copyChunks(InputStream input, ByteBuffer target, int bytes)
      throws IOException {
    byte[] chunk = new byte[Math.min(bytes, CHUNK_BYTES)];
    int at = 0;
    while (at < bytes) {
      int size = input.read(chunk, 0, Math.min(chunk.length, bytes - at));
      if (size < 0) {
        throw new IOException("the message ended after " + at + " of " + bytes + " bytes");
      }
      target.put(at, chunk, 0, size);
      at += size;
    }
  }

  private static void checkSize(int bytes) {
    if (bytes > WireLimits.MAX_MESSAGE_BYTES) {
      throw Status.RESOURCE_EXHAUSTED
          .withDescription(
              "message is over the limit of %d bytes: send smaller requests"
                  .formatted(WireLimits.MAX_MESSAGE_BYTES))
          .asRuntimeException();
    }
  }
}
