package dev.leat.broker.journal.index;

import java.util.Arrays;

/** The epochs of a run of entries, and the seq with which each begins. A handful. */
final class EpochStarts {
  private int[] epochs = new int[1];
  private long[] seqs = new long[1];
  private int count;

  /** An entry of this epoch follows. */
  void add(int epoch, long seq) {
    if (count > 0 && epochs[count - 1] == epoch) {
      return;
    }
    if (count == epochs.length) {
      epochs = Arrays.copyOf(epochs, count + (count >> 1) + 1);
      seqs = Arrays.copyOf(seqs, epochs.length);
    }
    epochs[count] = epoch;
    seqs[count++] = seq;
  }

  /** Entries from {@code seq} on are gone. */
  void cut(long seq) {
    while (count > 0 && seqs[count - 1] >= seq) {
      count--;
    }
  }

  int count() {
    return count;
  }

  int epoch(int index) {
    return epochs[index];
  }

  long seq(int index) {
    return seqs[index];
  }
}
