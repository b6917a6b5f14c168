package dev.leat.client.error;

/** The producer's buffer memory stayed full for too long: brokers take records more slowly. */
public final class BufferFullException extends LeatException {

  private static final long serialVersionUID = 1L;

  BufferFullException(String message) {
    super(LeatErrorCode.BUFFER_FULL, message);
  }
}
