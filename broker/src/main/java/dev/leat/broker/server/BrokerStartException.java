package dev.leat.broker.server;

/** The broker cannot start. The message is one line: what, why, what to do. */
public final class BrokerStartException extends Exception {
  private static final long serialVersionUID = 1L;

  /** With the line for the user. */
  public BrokerStartException(String message, Throwable cause) {
    super(message, cause);
  }
}
