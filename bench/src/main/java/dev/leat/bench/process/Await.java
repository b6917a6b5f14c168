package dev.leat.bench.process;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waiting for something outside of this process, never without a limit. */
public final class Await {
  /** How often a condition is looked at: short against every figure that is measured with it. */
  private static final Duration INTERVAL = Duration.ofMillis(5);

  private Await() {}

  /** Returns as soon as the condition holds; fails when it does not within the limit. */
  public static void until(String what, Duration limit, BooleanSupplier condition) {
    long end = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new MeasurementException(what + " did not happen within " + limit.toSeconds() + " s");
      }
      pause(INTERVAL);
    }
  }

  /** Lets time pass. */
  public static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MeasurementException("interrupted", e);
    }
  }
}
