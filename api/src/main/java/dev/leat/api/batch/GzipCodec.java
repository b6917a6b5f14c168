package dev.leat.api.batch;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** RFC 1952, by the JDK. */
final class GzipCodec implements Codec {

  private static final int BUFFER_BYTES = 8 * 1024;

  @Override
  public int compress(byte[] source, int from, int to, byte[] target) {
    ArrayOutput output = new ArrayOutput(target);
    try (GZIPOutputStream gzip = new GZIPOutputStream(output, BUFFER_BYTES)) {
      gzip.write(source, from, to - from);
      gzip.finish();
      return output.size();
    } catch (FullException full) {
      return -1;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public ByteBuffer decompress(ByteBuffer source, int maxBytes) {
    try (InputStream gzip = new GZIPInputStream(new BufferInput(source), BUFFER_BYTES)) {
      return Codec.readAll(gzip, maxBytes);
    } catch (IOException e) {
      throw new CorruptBatchException("gzip: " + e.getMessage(), e);
    }
  }
}
