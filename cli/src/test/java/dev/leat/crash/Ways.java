package dev.leat.crash;

import java.util.Arrays;

/** Which ways between brokers are cut. Any thread. */
final class Ways {
  private final boolean[][] cut;

  /** All are open. */
  Ways(int brokers) {
    cut = new boolean[brokers][brokers];
  }

  synchronized void cut(int from, int to) {
    cut[from][to] = true;
  }

  synchronized void mend() {
    Arrays.stream(cut).forEach(row -> Arrays.fill(row, false));
    notifyAll();
  }

  synchronized boolean isOpen(int from, int to) {
    return !cut[from][to];
  }

  synchronized void awaitOpen(int from, int to) throws InterruptedException {
    while (cut[from][to]) {
      wait();
    }
  }
}
