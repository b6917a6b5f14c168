package dev.leat.api.batch;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import net.jpountz.lz4.LZ4FrameInputStream;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream.BLOCKSIZE;
import net.jpountz.lz4.LZ4FrameOutputStream.FLG;

/** LZ4 frames, by lz4-java. */
final class Lz4Codec implements Codec {

  @Override
  public int compress(byte[] source, int from, int to, byte[] target) {
    ArrayOutput output = new ArrayOutput(target);
    try (LZ4FrameOutputStream lz4 =
        new LZ4FrameOutputStream(output, BLOCKSIZE.SIZE_64KB, FLG.Bits.BLOCK_INDEPENDENCE)) {
      lz4.write(source, from, to - from);
      lz4.close();
      return output.size();
    } catch (FullException full) {
      return -1;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public ByteBuffer decompress(ByteBuffer source, int maxBytes) {
    try (InputStream lz4 = new LZ4FrameInputStream(new BufferInput(source))) {
      return Codec.readAll(lz4, maxBytes);
    } catch (IOException | RuntimeException e) {
      throw e instanceof CorruptBatchException corrupt
          ? corrupt
          : new CorruptBatchException("lz4: " + e.getMessage(), e);
    }
  }
}
