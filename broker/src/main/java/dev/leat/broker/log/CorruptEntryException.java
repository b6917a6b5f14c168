package dev.leat.broker.log;

/**
 * Stored bytes are damaged. The message names segment, position and what is wrong. Nothing of the
 * damaged entry was returned.
 */
public final class CorruptEntryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Damage described by {@code message}. */
  public CorruptEntryException(String message) {
    super(message);
  }
}
