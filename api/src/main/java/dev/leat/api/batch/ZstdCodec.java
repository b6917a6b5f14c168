package dev.leat.api.batch;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Zstandard, by zstd-jni. Decompressed in one step into memory of our own: a stream would allocate
 * the window that the sender asks for, up to 128 MiB, outside the heap.
 */
final class ZstdCodec implements Codec {

  /** Memory for the first attempt, as a multiple of the compressed size. */
  private static final int FIRST_RATIO = 8;

  @Override
  public int compress(byte[] source, int from, int to, byte[] target) {
    int level = Zstd.defaultCompressionLevel();
    try {
      return (int) Zstd.compressByteArray(target, 0, target.length, source, from, to - from, level);
    } catch (ZstdException e) {
      if (isTooSmall(e)) {
        return -1;
      }
      throw e;
    }
  }

  @Override
  public ByteBuffer decompress(ByteBuffer source, int maxBytes) {
    byte[] compressed = Codec.arrayOf(source);
    long firstBytes = FIRST_BYTES + (long) FIRST_RATIO * compressed.length;
    int capacity = (int) Math.min(maxBytes, firstBytes);
    while (true) {
      byte[] target = new byte[capacity];
      try {
        int size =
            (int) Zstd.decompressByteArray(target, 0, capacity, compressed, 0, compressed.length);
        return ByteBuffer.wrap(shortened(target, size), 0, size).slice();
      } catch (ZstdException e) {
        if (!isTooSmall(e)) {
          throw new CorruptBatchException("zstd: " + e.getMessage(), e);
        }
      }
      if (capacity == maxBytes) {
        throw Codec.tooLarge(maxBytes);
      }
      capacity = (int) Math.min(maxBytes, 4L * capacity);
    }
  }

  /** Records may live long as views of this memory: most of it must be in use. */
  private static byte[] shortened(byte[] target, int size) {
    return size < target.length / 2 ? Arrays.copyOf(target, size) : target;
  }

  private static boolean isTooSmall(ZstdException e) {
    return e.getErrorCode() == Zstd.errDstSizeTooSmall();
  }
}
