package dev.leat.client.error;

/** The client, producer or consumer is closed. */
public final class ClosedException extends LeatException {

  private static final long serialVersionUID = 1L;

  ClosedException(String message) {
    super(LeatErrorCode.CLOSED, message);
  }
}
