package dev.leat.broker.journal;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Whether appends come in such numbers that other work on the disk would slow them down. Belongs to
 * one thread.
 */
final class Busyness {
  /** More bytes than {@link #BUSY_BYTES} in this time is much: 10 MB/s. */
  private static final long WINDOW_MS = 100;

  private static final long BUSY_BYTES = 1 << 20;

  private final SpaceGauge gauge;
  private final AppendQueue queue;
  private final LongSupplier nanoTime;
  private long lastCheck;
  private long lastAppended;
  private boolean busy;
  private boolean writing;

  Busyness(SpaceGauge gauge, AppendQueue queue, LongSupplier nanoTime) {
    this.gauge = gauge;
    this.queue = queue;
    this.nanoTime = nanoTime;
  }

  /** Whether so much is appended that the disk has no time left. */
  boolean isBusy() {
    look();
    return busy || !queue.isEmpty();
  }

  /** Whether anything is appended. */
  boolean isWriting() {
    look();
    return writing || !queue.isEmpty();
  }

  private void look() {
    long now = nanoTime.getAsLong();
    if (now - lastCheck > TimeUnit.MILLISECONDS.toNanos(WINDOW_MS)) {
      lastCheck = now;
      long appended = gauge.appended();
      busy = appended - lastAppended > BUSY_BYTES;
      writing = appended > lastAppended;
      lastAppended = appended;
    }
  }
}
