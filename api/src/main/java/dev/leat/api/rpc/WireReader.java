package dev.leat.api.rpc;

import java.nio.ByteBuffer;

/**
 * Reads the fields of one message in Protocol Buffers' wire format from a part of a buffer. Every
 * length is checked; malformed bytes give a {@link MalformedMessageException}.
 */
final class WireReader {

  private static final int WIRE_VARINT = 0;
  private static final int WIRE_FIXED64 = 1;
  private static final int WIRE_BYTES = 2;
  private static final int WIRE_GROUP = 3;
  private static final int WIRE_END_GROUP = 4;
  private static final int WIRE_FIXED32 = 5;

  /** Nesting of groups in unknown fields; Protocol Buffers' own limit is the same. */
  private static final int MAX_DEPTH = 100;

  private static final int MAX_VARINT_BYTES = 10;

  private final ByteBuffer buffer;
  private final int end;
  private int position;
  private int fieldAt;
  private int fieldBytes;

  WireReader(ByteBuffer buffer, int from, int bytes) {
    this.buffer = buffer;
    position = from;
    end = from + bytes;
  }

  /** The next field's number and wire type, 0 at the end. */
  int nextTag() throws MalformedMessageException {
    if (position == end) {
      return 0;
    }
    int tag = (int) varint();
    if (tag >>> 3 == 0) {
      throw new MalformedMessageException("a field with the number 0");
    }
    return tag;
  }

  /** The value of a varint field. */
  long varint() throws MalformedMessageException {
    long value = 0;
    for (int i = 0; i < MAX_VARINT_BYTES; i++) {
      if (position == end) {
        throw new MalformedMessageException("the end in the middle of a number");
      }
      byte next = buffer.get(position++);
      value |= (long) (next & 0x7f) << (7 * i);
      if (next >= 0) {
        return value;
      }
    }
    throw new MalformedMessageException("a number of more than 10 bytes");
  }

  /** Goes past a length-delimited field, whose place is then known. */
  void bytes() throws MalformedMessageException {
    long length = varint();
    if (length < 0 || length > end - position) {
      throw new MalformedMessageException("a field that is longer than its message");
    }
    fieldAt = position;
    fieldBytes = (int) length;
    position += fieldBytes;
  }

  /** Index of the first byte of the field that {@link #bytes} went past. */
  int fieldAt() {
    return fieldAt;
  }

  /** Size of the field that {@link #bytes} went past. */
  int fieldBytes() {
    return fieldBytes;
  }

  /** View of the field that {@link #bytes} went past. */
  ByteBuffer fieldSlice() {
    return buffer.slice(fieldAt, fieldBytes);
  }

  /** Reader of the message in the field that {@link #bytes} went past. */
  WireReader fieldReader() {
    return new WireReader(buffer, fieldAt, fieldBytes);
  }

  /** Goes past a field that is not known. */
  void skip(int tag) throws MalformedMessageException {
    skip(tag, 0);
  }

  private void skip(int tag, int depth) throws MalformedMessageException {
    switch (tag & 7) {
      case WIRE_VARINT -> varint();
      case WIRE_FIXED64 -> skipBytes(Long.BYTES);
      case WIRE_FIXED32 -> skipBytes(Integer.BYTES);
      case WIRE_BYTES -> bytes();
      case WIRE_GROUP -> skipGroup(tag >>> 3, depth);
      default -> throw new MalformedMessageException("an impossible wire type: " + (tag & 7));
    }
  }

  private void skipGroup(int number, int depth) throws MalformedMessageException {
    if (depth == MAX_DEPTH) {
      throw new MalformedMessageException("groups nested too deeply");
    }
    while (true) {
      int tag = nextTag();
      if (tag == 0) {
        throw new MalformedMessageException("a group without an end");
      }
      if ((tag & 7) == WIRE_END_GROUP) {
        if (tag >>> 3 != number) {
          throw new MalformedMessageException("the end of another group");
        }
        return;
      }
      skip(tag, depth + 1);
    }
  }

  private void skipBytes(int bytes) throws MalformedMessageException {
    if (bytes > end - position) {
      throw new MalformedMessageException("the end in the middle of a field");
    }
    position += bytes;
  }
}
