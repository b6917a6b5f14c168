package dev.leat.bench.peer;

import java.util.function.LongFunction;

/** Finds how many records a load client must send to be busy for a wanted time. */
final class Sizing {
  /** Runs before the measured one, at most: each may multiply the number by {@link #GROWTH_MAX}. */
  private static final int ATTEMPTS_MAX = 4;

  /** A first run on a cold server is several times too slow, but not more. */
  private static final double GROWTH_MAX = 8;

  /** A run that lasted this share of the wanted time is long enough. */
  private static final double ENOUGH = 0.7;

  private Sizing() {}

  /**
   * Runs with growing numbers until a run lasts long enough; its rate is the result. The first run
   * is always a warm-up.
   */
  static Rate find(long firstRecords, double seconds, LongFunction<Rate> run) {
    long records = firstRecords;
    Rate rate = run.apply(records);
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      double lasted = records / rate.recordsPerSecond();
      records = (long) (records * Math.clamp(seconds / lasted, 1 / GROWTH_MAX, GROWTH_MAX));
      rate = run.apply(records);
      if (records / rate.recordsPerSecond() >= ENOUGH * seconds) {
        break;
      }
    }
    return rate;
  }
}
