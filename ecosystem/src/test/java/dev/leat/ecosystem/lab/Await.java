package dev.leat.ecosystem.lab;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** Waits for what other processes do, of which nobody tells. */
public final class Await {
  private static final int PAUSE_MS = 50;

  private Await() {}

  /**
   * Returns as soon as the condition holds; what it throws is a reason to ask again.
   *
   * @param what is waited for, for the message of the failure
   */
  public static void until(String what, Duration limit, Callable<Boolean> condition)
      throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    Exception last = null;
    while (true) {
      try {
        if (condition.call()) {
          return;
        }
        last = null;
      } catch (InterruptedException e) {
        throw e;
      } catch (Exception e) {
        last = e;
      }
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("not within " + limit.toSeconds() + " s: " + what, last);
      }
      TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
    }
  }
}
