package dev.leat.api.batch;

/**
 * Zigzag variable-length integers, as Protocol Buffers' sint32 and sint64 and Kafka's records have
 * them: small magnitudes of either sign take few bytes.
 */
final class Varint {

  /** Longest form of an int. */
  static final int MAX_INT_BYTES = 5;

  /** Longest form of a long. */
  static final int MAX_LONG_BYTES = 10;

  private Varint() {}

  /** Bytes that a value takes. */
  static int sizeOf(int value) {
    return sizeOfUnsigned(Integer.toUnsignedLong((value << 1) ^ (value >> 31)));
  }

  /** Bytes that a value takes. */
  static int sizeOf(long value) {
    return sizeOfUnsigned((value << 1) ^ (value >> 63));
  }

  private static int sizeOfUnsigned(long bits) {
    return 1 + (63 - Long.numberOfLeadingZeros(bits | 1)) / 7;
  }

  /** Writes a value and returns the index after it. */
  static int write(byte[] target, int at, int value) {
    int bits = (value << 1) ^ (value >> 31);
    int index = at;
    while ((bits & ~0x7f) != 0) {
      target[index++] = (byte) (bits | 0x80);
      bits >>>= 7;
    }
    target[index++] = (byte) bits;
    return index;
  }

  /** Writes a value and returns the index after it. */
  static int write(byte[] target, int at, long value) {
    long bits = (value << 1) ^ (value >> 63);
    int index = at;
    while ((bits & ~0x7fL) != 0) {
      target[index++] = (byte) (bits | 0x80);
      bits >>>= 7;
    }
    target[index++] = (byte) bits;
    return index;
  }
}
