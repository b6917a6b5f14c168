package dev.leat.broker.log.compact;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * The last offset of each key, in memory of a fixed size: of a key only 128 bits of its SHA-256 are
 * kept, so that nobody finds two keys that it takes for one. Belongs to one thread.
 */
public final class KeyMap {
  /** Offset of a key that is not here. */
  public static final long NONE = -1;

  /** Bytes for one key: its hash and its offset. */
  public static final int SLOT_BYTES = 3 * Long.BYTES;

  /** The map is full when this part of it is: more would make lookups slow. */
  private static final double MAX_LOAD = 0.8;

  private static final int MIN_KEYS = 4;

  private final MessageDigest digest;
  private final long[] slots;
  private final int capacity;
  private final int maxKeys;
  private long high;
  private long low;
  private int keys;

  /**
   * A map for some keys.
   *
   * @param expectedKeys as many will fit, if there is memory for them
   * @param maxBytes most memory that it takes
   */
  public KeyMap(long expectedKeys, int maxBytes) {
    long wanted = (long) (Math.max(MIN_KEYS, expectedKeys) / MAX_LOAD) + 1;
    this.capacity = (int) Math.clamp(wanted, MIN_KEYS, Math.max(MIN_KEYS, maxBytes / SLOT_BYTES));
    this.maxKeys = (int) (capacity * MAX_LOAD);
    this.slots = new long[3 * capacity];
    try {
      this.digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Number of keys. */
  public int keys() {
    return keys;
  }

  /** Whether so many more keys fit. */
  public boolean hasRoomFor(int more) {
    return keys <= maxKeys - more;
  }

  /** Number of keys that fit. */
  public int maxKeys() {
    return maxKeys;
  }

  /** Forgets everything. */
  public void clear() {
    Arrays.fill(slots, 0);
    keys = 0;
  }

  /** Notes that a key was last seen at an offset, which must not go back. */
  public void put(ByteBuffer key, long offset) {
    int at = find(key);
    keys += slots[at + 2] == 0 ? 1 : 0;
    slots[at] = high;
    slots[at + 1] = low;
    slots[at + 2] = offset + 1;
  }

  /** The last offset of a key, or {@link #NONE}. */
  public long offsetOf(ByteBuffer key) {
    return slots[find(key) + 2] - 1;
  }

  /** Index of the key's slot, or of the one where it belongs. */
  private int find(ByteBuffer key) {
    digest.update(key.duplicate());
    ByteBuffer hash = ByteBuffer.wrap(digest.digest());
    high = hash.getLong(0);
    low = hash.getLong(8);
    int slot = (int) Long.remainderUnsigned(high, capacity);
    while (slots[3 * slot + 2] != 0 && (slots[3 * slot] != high || slots[3 * slot + 1] != low)) {
      slot = slot + 1 == capacity ? 0 : slot + 1;
    }
    return 3 * slot;
  }
}
