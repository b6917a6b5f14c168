package dev.leat.cli.perf;

import java.util.concurrent.TimeUnit;

/**
 * When a load test begins, counts and ends, by the monotonic clock in ns.
 *
 * @param start begin of the load
 * @param counted begin of what counts: what comes before is warm-up
 * @param end no more load afterwards
 */
record Warmup(long start, long counted, long end) {
  private static final long WARMUP_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long NO_END_NANOS = TimeUnit.DAYS.toNanos(365);

  /** With a duration the first 2 s are warm-up; without one, everything counts. */
  static Warmup from(long now, double durationSeconds) {
    if (durationSeconds <= 0) {
      return new Warmup(now, now, now + NO_END_NANOS);
    }
    long duration = (long) (durationSeconds * TimeUnit.SECONDS.toNanos(1));
    return new Warmup(now, now + Math.min(WARMUP_NANOS, duration / 2), now + duration);
  }

  boolean isOver(long now) {
    return now - end >= 0;
  }

  boolean counts(long time) {
    return time - counted >= 0;
  }
}
