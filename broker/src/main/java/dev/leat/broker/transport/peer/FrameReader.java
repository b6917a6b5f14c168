package dev.leat.broker.transport.peer;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Reads what {@link FrameWriter} wrote. Every length is checked against the bytes that are there
 * before anything is allocated.
 */
final class FrameReader {
  /** Longest text. */
  static final int MAX_TEXT_BYTES = 0xffff;

  private final ByteBuffer buffer;

  /** Reads {@code buffer} from its position to its limit; its position does not move. */
  FrameReader(ByteBuffer buffer) {
    this.buffer = buffer.duplicate();
  }

  /** Reads one thing. */
  interface Item<T> {
    T read(FrameReader from) throws MalformedFrameException;
  }

  int u8() throws MalformedFrameException {
    return need(Byte.BYTES).get() & 0xff;
  }

  boolean bool() throws MalformedFrameException {
    return u8() != 0;
  }

  int u16() throws MalformedFrameException {
    return need(Short.BYTES).getShort() & 0xffff;
  }

  int i32() throws MalformedFrameException {
    return need(Integer.BYTES).getInt();
  }

  long i64() throws MalformedFrameException {
    return need(Long.BYTES).getLong();
  }

  UUID uuid() throws MalformedFrameException {
    return new UUID(i64(), i64());
  }

  String text() throws MalformedFrameException {
    ByteBuffer bytes = view(u16());
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedFrameException("text that is not UTF-8", e);
    }
  }

  /** Count(4) and so many things, each of at least {@code minBytes}. */
  <T> List<T> list(int minBytes, Item<T> item) throws MalformedFrameException {
    int count = i32();
    if (count < 0 || (long) count * minBytes > buffer.remaining()) {
      throw new MalformedFrameException(
          count + " things in the remaining " + buffer.remaining() + " bytes");
    }
    List<T> items = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      items.add(item.read(this));
    }
    return items;
  }

  /** Length(4) and bytes: a view of the message. */
  ByteBuffer bulkView() throws MalformedFrameException {
    return view(i32());
  }

  /** Length(4) and bytes, copied. */
  ByteBuffer bulkCopy() throws MalformedFrameException {
    ByteBuffer view = bulkView();
    return ByteBuffer.allocate(view.remaining()).put(view).flip();
  }

  private ByteBuffer view(int length) throws MalformedFrameException {
    if (length < 0 || length > buffer.remaining()) {
      throw new MalformedFrameException(
          length + " bytes in the remaining " + buffer.remaining() + " bytes");
    }
    ByteBuffer view = buffer.slice(buffer.position(), length);
    buffer.position(buffer.position() + length);
    return view;
  }

  private ByteBuffer need(int bytes) throws MalformedFrameException {
    if (buffer.remaining() < bytes) {
      throw new MalformedFrameException("the end in the middle of a field");
    }
    return buffer;
  }

  /** Nothing may be left. */
  void end() throws MalformedFrameException {
    if (buffer.hasRemaining()) {
      throw new MalformedFrameException(buffer.remaining() + " bytes after the end");
    }
  }
}
