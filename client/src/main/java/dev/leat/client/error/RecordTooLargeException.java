package dev.leat.client.error;

import org.jspecify.annotations.Nullable;

/** A record is larger than the topic or the producer allows. */
public final class RecordTooLargeException extends LeatException {

  private static final long serialVersionUID = 1L;

  RecordTooLargeException(String message, @Nullable Throwable cause) {
    super(LeatErrorCode.RECORD_TOO_LARGE, message, cause);
  }
}
