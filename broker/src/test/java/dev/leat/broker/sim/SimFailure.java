package dev.leat.broker.sim;

/** An invariant does not hold, or something that must happen did not. */
final class SimFailure extends AssertionError {
  private static final long serialVersionUID = 1L;

  SimFailure(String invariant, String format, Object... values) {
    super(invariant + ": " + String.format(format, values));
  }

  static void check(boolean holds, String invariant, String format, Object... values) {
    if (!holds) {
      throw new SimFailure(invariant, format, values);
    }
  }
}
