package dev.leat.bench.failover;

import dev.leat.bench.process.Await;
import java.time.Duration;
import java.util.Arrays;

/** The longest time in which nothing happened to each partition of a topic. For any thread. */
final class LongestGaps {
  private final long[] lastNanos;
  private final long[] gapNanos;

  LongestGaps(int partitions) {
    lastNanos = new long[partitions];
    gapNanos = new long[partitions];
    Arrays.fill(lastNanos, System.nanoTime());
  }

  /** Something has happened to a partition. */
  synchronized void note(int partition) {
    long now = System.nanoTime();
    gapNanos[partition] = Math.max(gapNanos[partition], now - lastNanos[partition]);
    lastNanos[partition] = now;
  }

  /** Forgets the gaps so far. */
  synchronized void begin() {
    Arrays.fill(gapNanos, 0);
  }

  /**
   * Waits until something has happened to every partition after this moment, and a while longer.
   *
   * @param what for the message if it does not
   * @return longest gap of each partition since {@link #begin}, ms
   */
  double[] end(String what, Duration limit, Duration rest) {
    long from = System.nanoTime();
    Await.until(what, limit, () -> oldest() - from > 0);
    Await.pause(rest);
    synchronized (this) {
      return Arrays.stream(gapNanos).mapToDouble(gap -> gap / 1e6).toArray();
    }
  }

  private synchronized long oldest() {
    return Arrays.stream(lastNanos).min().orElseThrow();
  }
}
