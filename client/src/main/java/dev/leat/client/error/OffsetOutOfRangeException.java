package dev.leat.client.error;

import org.jspecify.annotations.Nullable;

/** The wanted offset is not stored any more, or not yet: seek to another place. */
public final class OffsetOutOfRangeException extends LeatException {

  private static final long serialVersionUID = 1L;

  OffsetOutOfRangeException(String message, @Nullable Throwable cause) {
    super(LeatErrorCode.OFFSET_OUT_OF_RANGE, message, cause);
  }
}
