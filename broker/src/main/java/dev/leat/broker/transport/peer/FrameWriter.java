package dev.leat.broker.transport.peer;

import dev.leat.api.rpc.MessageStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Writes a message, big endian, as a list of buffers: small fields into arrays, bulk by reference.
 */
final class FrameWriter {
  private static final int CHUNK_BYTES = 512;

  private final List<ByteBuffer> parts = new ArrayList<>();
  private ByteBuffer small = ByteBuffer.allocate(CHUNK_BYTES);
  private int totalBytes;

  FrameWriter u8(int value) {
    room(Byte.BYTES).put((byte) value);
    return this;
  }

  FrameWriter bool(boolean value) {
    return u8(value ? 1 : 0);
  }

  FrameWriter u16(int value) {
    room(Short.BYTES).putShort((short) value);
    return this;
  }

  FrameWriter i32(int value) {
    room(Integer.BYTES).putInt(value);
    return this;
  }

  FrameWriter i64(long value) {
    room(Long.BYTES).putLong(value);
    return this;
  }

  FrameWriter uuid(UUID value) {
    return i64(value.getMostSignificantBits()).i64(value.getLeastSignificantBits());
  }

  /** Length(2) and UTF-8. */
  FrameWriter text(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > FrameReader.MAX_TEXT_BYTES) {
      throw new IllegalArgumentException("text of " + bytes.length + " bytes");
    }
    u16(bytes.length);
    room(bytes.length).put(bytes);
    return this;
  }

  /** Writes one thing. */
  interface Item<T> {
    void write(FrameWriter to, T value);
  }

  /** Count(4), and so many things. */
  <T> FrameWriter list(List<T> values, Item<T> item) {
    i32(values.size());
    values.forEach(value -> item.write(this, value));
    return this;
  }

  /** Length(4), and bytes by reference: what lies between position and limit of each now. */
  FrameWriter bulk(List<ByteBuffer> pieces) {
    int length = 0;
    for (ByteBuffer piece : pieces) {
      length += piece.remaining();
    }
    i32(length);
    if (length > 0) {
      flush();
      for (ByteBuffer piece : pieces) {
        parts.add(piece.duplicate());
      }
      totalBytes += length;
    }
    return this;
  }

  private ByteBuffer room(int bytes) {
    if (small.remaining() < bytes) {
      flush();
      small = ByteBuffer.allocate(Math.max(CHUNK_BYTES, bytes));
    }
    return small;
  }

  private void flush() {
    if (small.position() > 0) {
      totalBytes += small.position();
      parts.add(small.slice(0, small.position()));
      small = small.slice(small.position(), small.remaining());
    }
  }

  /** The whole message. */
  MessageStream finish() {
    flush();
    return new MessageStream(parts, totalBytes);
  }
}
