package dev.leat.cli.console;

/** Nobody reads the results any more, as in {@code leat consume click | head}. No error. */
public final class OutputClosedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  OutputClosedException(Throwable cause) {
    super("the reader of the results has closed its end", cause);
  }
}
