package dev.leat.client.internal.net;

import dev.leat.client.error.LeatErrorCode;
import dev.leat.client.error.LeatException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Threads of the program waiting for the loop. */
public final class Waiting {

  private Waiting() {}

  /**
   * Waits for a result; every failure is a {@link LeatException}.
   *
   * @param what what is waited for, for the message
   */
  public static <T> T on(
      CompletableFuture<T> future, Duration timeout, String what, Session session) {
    if (session.loop().isCurrentThread() && !future.isDone()) {
      throw LeatException.of(
          LeatErrorCode.INVALID_REQUEST,
          "a callback must not wait for " + what + ": do it in a thread");
    }
    try {
      return future.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof LeatException failure
          ? failure
          : LeatException.of(LeatErrorCode.INTERNAL, String.valueOf(e.getCause()), e);
    } catch (TimeoutException e) {
      throw LeatException.of(
          LeatErrorCode.TIMEOUT,
          "%s did not come within %d ms: %s"
              .formatted(what, timeout.toMillis(), session.watch().lastFailure()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw LeatException.of(LeatErrorCode.INTERRUPTED, "interrupted while waiting for " + what, e);
    }
  }
}
