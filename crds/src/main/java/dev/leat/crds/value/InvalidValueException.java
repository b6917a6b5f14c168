package dev.leat.crds.value;

/** A field has a value that is never valid. The message says what is wrong and what is allowed. */
public final class InvalidValueException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** One line: what is wrong, then what is allowed. */
  public InvalidValueException(String message) {
    super(message);
  }

  /** Throws with {@code message} unless {@code valid}. */
  public static void unless(boolean valid, String message) {
    if (!valid) {
      throw new InvalidValueException(message);
    }
  }

  /** The message, which every instance has. */
  public String problem() {
    return String.valueOf(getMessage());
  }
}
