package dev.leat.client.error;

import org.jspecify.annotations.Nullable;

/** No broker can serve this now. */
public final class UnavailableException extends LeatException {

  private static final long serialVersionUID = 1L;

  UnavailableException(LeatErrorCode code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }
}
