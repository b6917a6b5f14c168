package dev.leat.crash;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.OptionalInt;

/**
 * Finds out who dials, from the first message of a link (docs/PEER-PROTOCOL.md, HELLO or ATTACH),
 * which is the first data on its HTTP/2 connection (RFC 9113, 3.4 and 4.1).
 */
final class FirstFrame {
  private static final int PREFACE_BYTES = 24;
  private static final int HEAD_BYTES = 9;
  private static final int DATA = 0;

  /** gRPC's: compressed or not, and the length. */
  private static final int PREFIX_BYTES = 5;

  private static final int HELLO = 1;

  /** Type, "LEAT", version, cluster. */
  private static final int BROKER_IN_HELLO = 1 + 4 + 2 + 16;

  /** Type. */
  private static final int BROKER_IN_ATTACH = 1;

  private final ByteArrayOutputStream seen = new ByteArrayOutputStream();

  /** More has come; the broker that dials, once that is known. */
  OptionalInt take(byte[] bytes, int size) {
    seen.write(bytes, 0, size);
    ByteBuffer in = ByteBuffer.wrap(seen.toByteArray());
    ByteBuffer data = ByteBuffer.allocate(in.capacity());
    in.position(Math.min(PREFACE_BYTES, in.limit()));
    while (in.remaining() >= HEAD_BYTES) {
      int length = ((in.getShort() & 0xffff) << 8) | (in.get() & 0xff);
      int type = in.get();
      in.position(in.position() + HEAD_BYTES - 4);
      if (length > in.remaining()) {
        break;
      }
      if (type == DATA) {
        data.put(in.slice(in.position(), length));
      }
      in.position(in.position() + length);
    }
    return brokerIn(data.flip());
  }

  private static OptionalInt brokerIn(ByteBuffer data) {
    if (data.remaining() <= PREFIX_BYTES) {
      return OptionalInt.empty();
    }
    boolean hello = data.get(PREFIX_BYTES) == HELLO;
    int at = PREFIX_BYTES + (hello ? BROKER_IN_HELLO : BROKER_IN_ATTACH);
    return data.remaining() >= at + Integer.BYTES
        ? OptionalInt.of(data.getInt(at))
        : OptionalInt.empty();
  }
}
