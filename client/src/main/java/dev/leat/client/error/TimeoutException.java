package dev.leat.client.error;

import org.jspecify.annotations.Nullable;

/** Not done in time; it may still have happened. */
public final class TimeoutException extends LeatException {

  private static final long serialVersionUID = 1L;

  TimeoutException(String message, @Nullable Throwable cause) {
    super(LeatErrorCode.TIMEOUT, message, cause);
  }
}
