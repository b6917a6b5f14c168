package dev.leat.client.error;

import org.jspecify.annotations.Nullable;

/** Bytes of a batch are damaged, on the way or on the broker's disk. */
public final class CorruptDataException extends LeatException {

  private static final long serialVersionUID = 1L;

  CorruptDataException(LeatErrorCode code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }
}
