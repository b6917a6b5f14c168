package dev.leat.broker.log.group;

import dev.leat.broker.log.Invariant;
import dev.leat.broker.log.PartitionView.EpochStart;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where each epoch begins: in a group's log by seq, in a partition by offset. Both grow. Positions
 * before the first known epoch are of an unknown epoch.
 */
public final class EpochStarts {
  /** Most epochs that are kept; the oldest go first. Whoever lags further gets a snapshot. */
  public static final int MAX_EPOCHS = 1024;

  /** Epoch of a position that is not known any more. */
  public static final int UNKNOWN = -1;

  private int[] epochs = new int[2];
  private long[] positions = new long[2];
  private int size;

  /** Notes that {@code position} is of {@code epoch}; positions must not go back. */
  public void add(int epoch, long position) {
    if (size > 0) {
      Invariant.check(
          epoch >= epochs[size - 1] && position >= positions[size - 1],
          "epoch %d at %d goes back",
          epoch,
          position);
      if (epoch == epochs[size - 1]) {
        return;
      }
    }
    if (size == MAX_EPOCHS) {
      drop(1);
    }
    if (size == epochs.length) {
      epochs = Arrays.copyOf(epochs, 2 * size);
      positions = Arrays.copyOf(positions, 2 * size);
    }
    epochs[size] = epoch;
    positions[size] = position;
    size++;
  }

  /** Epoch of a position at or above the first known one, else {@link #UNKNOWN}. */
  public int epochAt(long position) {
    int index = indexAt(position);
    return index < 0 ? UNKNOWN : epochs[index];
  }

  /** First known position of the epoch that {@code position} belongs to. */
  public long startOfEpochAt(long position) {
    int index = indexAt(position);
    Invariant.check(index >= 0, "no epoch known at %d (%d known)", position, size);
    return positions[index];
  }

  /** The last epoch, 0 if there is none. */
  public int lastEpoch() {
    return size == 0 ? 0 : epochs[size - 1];
  }

  /** Forgets epochs that end at or below {@code position}; the one that holds it stays. */
  public void forgetBelow(long position) {
    int index = indexAt(position);
    if (index > 0) {
      drop(index);
    }
  }

  /** All known, in order. */
  public List<EpochStart> toList() {
    List<EpochStart> list = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      list.add(new EpochStart(epochs[i], positions[i]));
    }
    return list;
  }

  private int indexAt(long position) {
    int index = size - 1;
    while (index >= 0 && positions[index] > position) {
      index--;
    }
    return index;
  }

  private void drop(int count) {
    System.arraycopy(epochs, count, epochs, 0, size - count);
    System.arraycopy(positions, count, positions, 0, size - count);
    size -= count;
  }
}
