package dev.leat.bench.program;

import dev.leat.bench.lab.Scale;
import dev.leat.bench.process.Await;
import dev.leat.bench.process.Child;
import dev.leat.bench.process.MeasurementException;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How fast a program gets on with a number of records that waited for it: from when it has warmed
 * up until all are done or the time is over.
 *
 * @param program must not end meanwhile
 * @param done records so far
 * @param total all records
 */
record Progress(Child program, LongSupplier done, long total) {
  private static final Duration FIRST_LIMIT = Duration.ofMinutes(3);

  /** Looking costs the broker two requests. */
  private static final Duration STEP = Duration.ofMillis(100);

  /** A program that is so far has warmed up, whatever the time. */
  private static final double WARM = 0.3;

  /** Records in a second. */
  double perSecond(Scale scale) {
    if (follow(1, FIRST_LIMIT) == 0) {
      throw new MeasurementException("nothing came out of it: see " + program.log());
    }
    follow((long) (total * WARM), scale.measured());
    long begin = System.nanoTime();
    long from = look();
    if (from >= total) {
      throw new MeasurementException("too few records: all were done before the measurement");
    }
    long to = follow(total, scale.latency());
    return (to - from) * 1e9 / (System.nanoTime() - begin);
  }

  /** Returns when so many are done or the time is over: how many are done. */
  private long follow(long wanted, Duration time) {
    long end = System.nanoTime() + time.toNanos();
    long seen = look();
    while (seen < wanted && System.nanoTime() - end < 0) {
      Await.pause(STEP);
      seen = look();
    }
    return seen;
  }

  private long look() {
    if (!program.alive()) {
      throw new MeasurementException("it ended in the middle: see " + program.log());
    }
    return done.getAsLong();
  }
}
