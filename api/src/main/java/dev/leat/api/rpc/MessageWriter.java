package dev.leat.api.rpc;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes a message in Protocol Buffers' wire format as a list of buffers: small fields into an
 * array, large ones by reference.
 */
final class MessageWriter {

  static final int WIRE_VARINT = 0;
  static final int WIRE_BYTES = 2;

  private static final int FIRST_BYTES = 256;

  private final List<ByteBuffer> parts = new ArrayList<>();
  private byte[] small = new byte[FIRST_BYTES];
  private int size;
  private int flushed;
  private int totalBytes;

  /** Bytes that a number takes. */
  static int sizeOfVarint(long value) {
    return 1 + (63 - Long.numberOfLeadingZeros(value | 1)) / 7;
  }

  /** Bytes that a numeric field with a number below 16 takes; none if it is 0. */
  static int sizeOfNumber(long value) {
    return value == 0 ? 0 : 1 + sizeOfVarint(value);
  }

  /** Bytes that a length-delimited field with a number below 16 takes; none if it is empty. */
  static int sizeOfBytes(long bytes) {
    return bytes == 0 ? 0 : (int) (1 + sizeOfVarint(bytes) + bytes);
  }

  /** Writes a numeric field, unless it is 0. */
  void number(int field, long value) {
    if (value != 0) {
      varint(field << 3 | WIRE_VARINT);
      varint(value);
    }
  }

  /** Writes the head of a length-delimited field; its bytes must follow. */
  void lengthOf(int field, int bytes) {
    varint(field << 3 | WIRE_BYTES);
    varint(bytes);
  }

  /** Writes a field of copied bytes, unless it is empty. */
  void bytes(int field, byte[] bytes) {
    if (bytes.length > 0) {
      lengthOf(field, bytes.length);
      raw(bytes);
    }
  }

  /** Writes copied bytes. */
  void raw(byte[] bytes) {
    ensure(bytes.length);
    System.arraycopy(bytes, 0, small, size, bytes.length);
    size += bytes.length;
  }

  /** Writes bytes by reference: what lies between position and limit now. */
  void reference(ByteBuffer bytes) {
    flush();
    parts.add(bytes.duplicate());
    totalBytes += bytes.remaining();
  }

  /** The whole message. */
  MessageStream finish() {
    flush();
    return new MessageStream(parts, totalBytes);
  }

  private void flush() {
    if (size > flushed) {
      parts.add(ByteBuffer.wrap(small, flushed, size - flushed));
      totalBytes += size - flushed;
      flushed = size;
    }
  }

  private void varint(long value) {
    ensure(10);
    long bits = value;
    while ((bits & ~0x7fL) != 0) {
      small[size++] = (byte) (bits | 0x80);
      bits >>>= 7;
    }
    small[size++] = (byte) bits;
  }

  private void ensure(int bytes) {
    if (small.length - size >= bytes) {
      return;
    }
    // What is flushed stays in the old array, which its parts refer to.
    int kept = size - flushed;
    byte[] larger = new byte[Math.max(2 * small.length, kept + bytes)];
    System.arraycopy(small, flushed, larger, 0, kept);
    small = larger;
    size = kept;
    flushed = 0;
  }

  /** Total of the bytes between position and limit of some buffers. */
  static int total(List<ByteBuffer> buffers) {
    int bytes = 0;
    for (int i = 0; i < buffers.size(); i++) {
      bytes += buffers.get(i).remaining();
    }
    return bytes;
  }

  @Override
  public String toString() {
    return "MessageWriter of " + (totalBytes + size - flushed) + " bytes, " + Arrays.asList(parts);
  }
}
