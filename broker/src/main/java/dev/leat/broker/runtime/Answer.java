package dev.leat.broker.runtime;

/**
 * What came of a request: an answer, or why there is none.
 *
 * @param <T> type of the answer
 */
public sealed interface Answer<T> {
  /** Done. */
  record Ok<T>(T value) implements Answer<T> {}

  /** Not done. */
  record Refused<T>(RequestError error) implements Answer<T> {}

  /** Not done, because of {@code code}. */
  static <T> Answer<T> refused(RequestError.Code code, String message) {
    return new Refused<>(RequestError.of(code, message));
  }
}
