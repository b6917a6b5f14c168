package dev.leat.bench.process;

/** A measurement that could not be made: says in one line what happened and where to look. */
public final class MeasurementException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** With a message of one line. */
  public MeasurementException(String message) {
    super(message);
  }

  /** With a message of one line and its cause. */
  public MeasurementException(String message, Throwable cause) {
    super(message, cause);
  }
}
