package dev.leat.client.error;

import org.jspecify.annotations.Nullable;

/** The topic, or its partition of this number, does not exist. */
public final class UnknownTopicException extends LeatException {

  private static final long serialVersionUID = 1L;

  UnknownTopicException(LeatErrorCode code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }
}
