package dev.leat.broker.log;

/**
 * Checks that are always on. A failed one is a defect: whoever owns the state stops rather than
 * continues with it.
 */
public final class Invariant {
  private Invariant() {}

  /**
   * Thrown when something happened that the code holds impossible. Never caught except at the edge
   * of a loop.
   */
  public static final class Violation extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /** What does not hold. */
    public Violation(String message) {
      super(message);
    }
  }

  /** Fails with {@code message} unless {@code condition} holds. */
  public static void check(boolean condition, String message) {
    if (!condition) {
      throw new Violation(message);
    }
  }

  /** Fails with a formatted message unless {@code condition} holds. */
  public static void check(boolean condition, String format, long a, long b) {
    if (!condition) {
      throw new Violation(String.format(format, a, b));
    }
  }
}
