package dev.leat.broker.journal;

/** The highest recent rate of appends: forgotten slowly, so that spares outlast a pause. */
final class PeakRate {
  private static final double NANOS_PER_SECOND = 1e9;

  /** What is left of the peak after a second. */
  private static final double DECAY_PER_SECOND = 0.98;

  private long lastNanos;
  private long lastBytes;
  private double bytesPerSecond;

  PeakRate(long nowNanos) {
    this.lastNanos = nowNanos;
  }

  /** Bytes appended since the start, now. */
  void sample(long nowNanos, long totalBytes) {
    double seconds = (nowNanos - lastNanos) / NANOS_PER_SECOND;
    if (seconds <= 0) {
      return;
    }
    double rate = (totalBytes - lastBytes) / seconds;
    bytesPerSecond = Math.max(rate, bytesPerSecond * Math.pow(DECAY_PER_SECOND, seconds));
    lastNanos = nowNanos;
    lastBytes = totalBytes;
  }

  long bytesPerSecond() {
    return (long) bytesPerSecond;
  }
}
