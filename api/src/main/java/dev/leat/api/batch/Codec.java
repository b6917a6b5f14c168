package dev.leat.api.batch;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** One way to compress the records of a batch. Stateless, shared by all threads. */
interface Codec {

  /** Size of the first piece of memory for decompressed bytes, when nothing better is known. */
  int FIRST_BYTES = 64 * 1024;

  /**
   * Compresses bytes into a target of the same size.
   *
   * @return how many bytes were written, or -1 if there is no room for all
   */
  int compress(byte[] source, int from, int to, byte[] target);

  /**
   * Decompresses all bytes of a source.
   *
   * @param maxBytes bound of the result: hostile bytes must not cost more memory
   * @return a new buffer, or a view of the source
   * @throws CorruptBatchException if the bytes are malformed or the result is over its bound
   */
  ByteBuffer decompress(ByteBuffer source, int maxBytes);

  /** The target is full. Without stack trace, for it is a signal and no failure. */
  final class FullException extends IOException {
    private static final long serialVersionUID = 1L;

    FullException() {
      super("no room");
    }

    @Override
    public Throwable fillInStackTrace() {
      return this;
    }
  }

  /** Writes into an array until it is full. */
  final class ArrayOutput extends OutputStream {
    private final byte[] target;
    private int size;

    ArrayOutput(byte[] target) {
      this.target = target;
    }

    int size() {
      return size;
    }

    @Override
    public void write(int value) throws IOException {
      if (size == target.length) {
        throw new FullException();
      }
      target[size++] = (byte) value;
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      if (length > target.length - size) {
        throw new FullException();
      }
      System.arraycopy(bytes, from, target, size, length);
      size += length;
    }
  }

  /** Reads a buffer from its position to its limit. */
  final class BufferInput extends InputStream {
    private final ByteBuffer source;

    BufferInput(ByteBuffer source) {
      this.source = source.duplicate();
    }

    @Override
    public int read() {
      return source.hasRemaining() ? source.get() & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int from, int length) {
      if (length == 0) {
        return 0;
      }
      int size = Math.min(length, source.remaining());
      if (size == 0) {
        return -1;
      }
      source.get(target, from, size);
      return size;
    }

    @Override
    public int available() {
      return source.remaining();
    }
  }

  /** Reads a stream to its end into memory that grows with what arrives, up to a bound. */
  static ByteBuffer readAll(InputStream input, int maxBytes) throws IOException {
    byte[] bytes = new byte[Math.min(maxBytes, FIRST_BYTES)];
    int size = 0;
    while (true) {
      int read = input.read(bytes, size, bytes.length - size);
      if (read < 0) {
        return ByteBuffer.wrap(bytes, 0, size).slice();
      }
      size += read;
      if (size == bytes.length) {
        if (size == maxBytes) {
          return endOf(input, bytes, maxBytes);
        }
        bytes = Arrays.copyOf(bytes, (int) Math.min(maxBytes, 2L * size));
      }
    }
  }

  private static ByteBuffer endOf(InputStream input, byte[] bytes, int maxBytes)
      throws IOException {
    if (input.read() >= 0) {
      throw tooLarge(maxBytes);
    }
    return ByteBuffer.wrap(bytes);
  }

  /** The failure of every codec when the result is over its bound. */
  static CorruptBatchException tooLarge(int maxBytes) {
    return new CorruptBatchException(
        "records decompress to more than the limit of " + maxBytes + " bytes");
  }

  /** The bytes of a buffer as an array that begins at its first byte. */
  static byte[] arrayOf(ByteBuffer source) {
    byte[] bytes = new byte[source.remaining()];
    source.get(source.position(), bytes);
    return bytes;
  }
}
