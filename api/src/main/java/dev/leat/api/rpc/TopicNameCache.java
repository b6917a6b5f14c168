package dev.leat.api.rpc;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Finds the {@link TopicName} of UTF-8 bytes without allocation when the same bytes came lately.
 *
 * <p>One slot per hash; a collision replaces. Races between threads are harmless: a slot holds an
 * immutable object, and the worst outcome is a name that is decoded twice.
 */
final class TopicNameCache {

  /** Slots; more topics than that in use at a time cost a decoding now and then. */
  private static final int SLOTS = 4096;

  /** Longer names are not legal anyway and are not kept. */
  private static final int MAX_KEPT_BYTES = 256;

  private final @Nullable TopicName[] slots = new TopicName[SLOTS];

  /** The name at a place of a buffer. */
  TopicName get(ByteBuffer buffer, int at, int length) throws MalformedMessageException {
    int hash = length;
    for (int i = at; i < at + length; i++) {
      hash = 31 * hash + buffer.get(i);
    }
    int slot = (hash ^ hash >>> 15) & SLOTS - 1;
    TopicName known = slots[slot];
    if (known != null && isEqual(known.utf8(), buffer, at, length)) {
      return known;
    }
    TopicName name = TopicName.of(decode(buffer, at, length));
    if (length <= MAX_KEPT_BYTES) {
      slots[slot] = name;
    }
    return name;
  }

  /** Text at a place of a buffer. */
  static String decode(ByteBuffer buffer, int at, int length) throws MalformedMessageException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(buffer.slice(at, length)).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedMessageException("text that is not UTF-8", e);
    }
  }

  private static boolean isEqual(byte[] bytes, ByteBuffer buffer, int at, int length) {
    if (bytes.length != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (bytes[i] != buffer.get(at + i)) {
        return false;
      }
    }
    return true;
  }
}
