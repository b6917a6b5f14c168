package dev.leat.api.batch;

import java.nio.ByteBuffer;

/** Leaves records as they are. */
final class NoCodec implements Codec {

  @Override
  public int compress(byte[] source, int from, int to, byte[] target) {
    return -1;
  }

  @Override
  public ByteBuffer decompress(ByteBuffer source, int maxBytes) {
    return source;
  }
}
