package dev.leat.cli.console;

/**
 * A command cannot do what it was asked for. The message is for a person: what, why, what to do.
 */
public final class CommandFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With the line for the user. */
  public CommandFailedException(String message) {
    super(message);
  }

  /** With the line for the user, and the cause for {@code LEAT_DEBUG}. */
  public CommandFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
