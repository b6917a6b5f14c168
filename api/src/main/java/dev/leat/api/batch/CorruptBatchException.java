package dev.leat.api.batch;

/**
 * The bytes of a batch are not what its format says. Never retriable: the same bytes fail again.
 * The message is one line that says what is wrong and where.
 */
public final class CorruptBatchException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** With one line that says what is wrong. */
  public CorruptBatchException(String message) {
    super(message);
  }

  /** With one line that says what is wrong, and what a decompressor said. */
  public CorruptBatchException(String message, Throwable cause) {
    super(message, cause);
  }
}
