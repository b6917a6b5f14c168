package dev.leat.broker.journal.index;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A map with numbers as keys that only grows. Looking up takes no lock; adding does.
 *
 * <p>Open addressing. A slot is filled by storing its value after its key, into a table that
 * readers find through a volatile field; the value is what a reader looks at first. When a table is
 * half full a new one takes its place; readers of the old one miss at most what was added since.
 */
final class LongMap<V> {
  private static final int FIRST_CAPACITY = 64;

  private volatile Table<V> table = new Table<>(FIRST_CAPACITY);
  private int size;

  private static final class Table<V> {
    private final long[] keys;
    private final AtomicReferenceArray<V> values;

    Table(int capacity) {
      keys = new long[capacity];
      values = new AtomicReferenceArray<>(capacity);
    }

    @Nullable V get(long key) {
      int mask = keys.length - 1;
      for (int slot = spread(key) & mask; ; slot = slot + 1 & mask) {
        V value = values.get(slot);
        if (value == null || keys[slot] == key) {
          return value;
        }
      }
    }

    void add(long key, V value) {
      int mask = keys.length - 1;
      int slot = spread(key) & mask;
      while (values.get(slot) != null) {
        slot = slot + 1 & mask;
      }
      keys[slot] = key;
      values.set(slot, value);
    }

    /** Fibonacci hashing: neighbouring keys go to distant slots. */
    private static int spread(long key) {
      return (int) (key * 0x9e37_79b9_7f4a_7c15L >>> Integer.SIZE);
    }
  }

  @Nullable V get(long key) {
    return table.get(key);
  }

  /** The value of a key, made if there is none. */
  V getOrAdd(long key, LongFunction<V> maker) {
    V known = table.get(key);
    if (known != null) {
      return known;
    }
    return add(key, maker);
  }

  private synchronized V add(long key, LongFunction<V> maker) {
    V known = table.get(key);
    if (known != null) {
      return known;
    }
    V made = maker.apply(key);
    if (++size * 2 > table.keys.length) {
      grow();
    }
    table.add(key, made);
    return made;
  }

  /** Takes a key and its value. */
  interface Visitor<V> {
    void accept(long key, V value);
  }

  /** Calls a visitor with every key and its value. */
  void forEach(Visitor<V> visitor) {
    Table<V> current = table;
    for (int slot = 0; slot < current.keys.length; slot++) {
      V value = current.values.get(slot);
      if (value != null) {
        visitor.accept(current.keys[slot], value);
      }
    }
  }

  private void grow() {
    Table<V> old = table;
    Table<V> next = new Table<>(old.keys.length * 2);
    for (int slot = 0; slot < old.keys.length; slot++) {
      V value = old.values.get(slot);
      if (value != null) {
        next.add(old.keys[slot], value);
      }
    }
    table = next;
  }
}
