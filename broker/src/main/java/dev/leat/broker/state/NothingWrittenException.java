package dev.leat.broker.state;

import java.io.IOException;

/** A batch could not be written, and nothing that was there has changed. */
final class NothingWrittenException extends IOException {
  private static final long serialVersionUID = 1L;

  NothingWrittenException(IOException cause) {
    super(cause.getMessage(), cause);
  }
}
