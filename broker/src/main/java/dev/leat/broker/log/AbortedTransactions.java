package dev.leat.broker.log;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Aborted transactions of a partition, in the order of their markers. Immutable, so it can be given
 * to any thread; the newest of a history grows in place, 32 bytes a transaction.
 */
public final class AbortedTransactions {
  /** No transaction was aborted. */
  public static final AbortedTransactions NONE =
      new AbortedTransactions(new Store(new long[0], 0), 0, 0);

  private static final int WORDS = 4;
  private static final int FIRST_CAPACITY = 4;

  private final Store store;
  private final int begin;
  private final int end;

  /** Words of transactions, shared by all states of one history; never changed below used. */
  private static final class Store {
    final long[] words;
    int used;

    Store(long[] words, int used) {
      this.words = words;
      this.used = used;
    }
  }

  /**
   * A transaction that was aborted: records of this producer from the first offset up to the marker
   * are not to be shown.
   *
   * @param producerId the producer
   * @param firstOffset offset of its first record in this partition
   * @param markerOffset offset of the abort marker
   * @param lastStableOffset last stable offset after it: what is aborted later begins there or
   *     after
   */
  public record Aborted(
      long producerId, long firstOffset, long markerOffset, long lastStableOffset) {}

  private AbortedTransactions(Store store, int begin, int end) {
    this.store = store;
    this.begin = begin;
    this.end = end;
  }

  /** Number of transactions. */
  public int size() {
    return end - begin;
  }

  /** Transaction {@code index}, in the order of markers. */
  public Aborted get(int index) {
    int at = (begin + index) * WORDS;
    long[] words = store.words;
    return new Aborted(words[at], words[at + 1], words[at + 2], words[at + 3]);
  }

  /** All, in the order of markers. */
  public List<Aborted> toList() {
    List<Aborted> all = new ArrayList<>(size());
    for (int i = 0; i < size(); i++) {
      all.add(get(i));
    }
    return all;
  }

  /** Those that have records in [{@code fromOffset}, {@code toOffset}), in the order of markers. */
  public List<Aborted> between(long fromOffset, long toOffset) {
    List<Aborted> found = new ArrayList<>();
    for (int i = firstMarkerFrom(fromOffset); i < size(); i++) {
      Aborted aborted = get(i);
      if (aborted.firstOffset() < toOffset) {
        found.add(aborted);
      }
      if (aborted.lastStableOffset() >= toOffset) {
        break;
      }
    }
    return found;
  }

  /** These, and one whose marker comes after all of theirs. */
  public AbortedTransactions plus(Aborted next) {
    Store grown = roomForOneMore();
    int at = grown.used * WORDS;
    grown.words[at] = next.producerId();
    grown.words[at + 1] = next.firstOffset();
    grown.words[at + 2] = next.markerOffset();
    grown.words[at + 3] = next.lastStableOffset();
    grown.used++;
    return new AbortedTransactions(grown, grown == store ? begin : 0, grown.used);
  }

  private Store roomForOneMore() {
    if (store.used == end && store.words.length >= (end + 1) * WORDS) {
      return store;
    }
    int capacity = Math.max(FIRST_CAPACITY, size() + size() / 2 + 1);
    long[] words =
        Arrays.copyOf(
            Arrays.copyOfRange(store.words, begin * WORDS, end * WORDS), capacity * WORDS);
    return new Store(words, size());
  }

  /** Without those whose marker is below {@code startOffset}: nothing of them can be read. */
  public AbortedTransactions from(long startOffset) {
    int dropped = firstMarkerFrom(startOffset);
    if (dropped == 0) {
      return this;
    }
    return dropped == size() ? NONE : new AbortedTransactions(store, begin + dropped, end);
  }

  private int firstMarkerFrom(long offset) {
    int low = 0;
    int high = size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (store.words[(begin + middle) * WORDS + 2] < offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AbortedTransactions that && toList().equals(that.toList());
  }

  @Override
  public int hashCode() {
    return toList().hashCode();
  }

  @Override
  public String toString() {
    return toList().toString();
  }
}
