package dev.leat.api.batch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.xerial.snappy.Snappy;
import org.xerial.snappy.SnappyOutputStream;

/**
 * Snappy. Java clients write snappy-java's framing: a header of 16 bytes, then blocks of {length,
 * Snappy bytes}; librdkafka writes one bare Snappy block. Both are read here by our own code, since
 * snappy-java's stream believes the lengths that it finds and would allocate up to 2 GiB.
 */
final class SnappyCodec implements Codec {

  private static final byte[] MAGIC = {(byte) 0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0};
  private static final int FRAME_HEADER_BYTES = 16;
  private static final int BLOCK_BYTES = 32 * 1024;

  @Override
  public int compress(byte[] source, int from, int to, byte[] target) {
    ArrayOutput output = new ArrayOutput(target);
    try (SnappyOutputStream snappy = new SnappyOutputStream(output, BLOCK_BYTES)) {
      snappy.write(source, from, to - from);
      snappy.close();
      return output.size();
    } catch (FullException full) {
      return -1;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public ByteBuffer decompress(ByteBuffer source, int maxBytes) {
    byte[] bytes = Codec.arrayOf(source);
    Output output = new Output(maxBytes);
    try {
      if (isFramed(bytes)) {
        addFrames(bytes, output);
      } else {
        output.add(bytes, 0, bytes.length);
      }
    } catch (IOException e) {
      throw new CorruptBatchException("snappy: " + e.getMessage(), e);
    }
    return ByteBuffer.wrap(output.bytes, 0, output.size).slice();
  }

  private static boolean isFramed(byte[] bytes) {
    return bytes.length >= FRAME_HEADER_BYTES
        && Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
  }

  private static void addFrames(byte[] bytes, Output output) throws IOException {
    ByteBuffer frames = ByteBuffer.wrap(bytes);
    frames.position(FRAME_HEADER_BYTES);
    while (frames.hasRemaining()) {
      if (frames.remaining() < Integer.BYTES) {
        throw new IOException("the last block has no whole length");
      }
      int length = frames.getInt();
      if (length <= 0 || length > frames.remaining()) {
        throw new IOException("a block has the length " + length);
      }
      output.add(bytes, frames.position(), length);
      frames.position(frames.position() + length);
    }
  }

  /** What is decompressed so far. */
  private static final class Output {
    private final int maxBytes;
    private byte[] bytes = new byte[0];
    private int size;

    Output(int maxBytes) {
      this.maxBytes = maxBytes;
    }

    void add(byte[] source, int from, int length) throws IOException {
      // The length is the sender's claim: checked against the bound first, and then against the
      // bytes, so that a few hostile ones allocate nothing.
      int claimed = Snappy.uncompressedLength(source, from, length);
      if (claimed < 0 || claimed > maxBytes - size) {
        throw Codec.tooLarge(maxBytes);
      }
      if (!Snappy.isValidCompressedBuffer(source, from, length)) {
        throw new IOException("a block is not valid");
      }
      if (bytes.length - size < claimed) {
        int grown = (int) Math.min(maxBytes, Math.max(2L * size, (long) size + claimed));
        bytes = Arrays.copyOf(bytes, grown);
      }
      size += Snappy.uncompress(source, from, length, bytes, size);
    }
  }
}
