package dev.leat.broker.control;

import java.time.Duration;

/**
 * How a call to a {@link StateStore} ended.
 *
 * @param <T> what a successful call returns
 */
public sealed interface StoreOutcome<T> {
  /**
   * It was done, and will not be forgotten.
   *
   * @param value the answer
   */
  record Ok<T>(T value) implements StoreOutcome<T> {}

  /**
   * Somebody else wrote in between: nothing was done. Read again, then decide again. After an
   * {@link Unreachable} the other one may have been the caller itself.
   */
  record Conflict<T>() implements StoreOutcome<T> {}

  /** A resource of this kind and name exists: nothing was done. */
  record AlreadyExists<T>() implements StoreOutcome<T> {}

  /** No resource of this kind and name exists: nothing was done. */
  record NotFound<T>() implements StoreOutcome<T> {}

  /**
   * It will never be done as it is: invalid, forbidden, or of an unknown kind.
   *
   * @param reason one line: what happened, why, what to do
   */
  record Refused<T>(String reason) implements StoreOutcome<T> {}

  /**
   * No answer. A write MAY HAVE BEEN DONE, or may still be done: read before deciding again.
   *
   * @param reason one line: what happened, why
   * @param retryAfter the store asks not to be called again before; zero if it does not say
   */
  record Unreachable<T>(String reason, Duration retryAfter) implements StoreOutcome<T> {}
}
