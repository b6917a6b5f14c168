package dev.leat.crds.value;

/** How old records of a topic go. */
public enum Cleanup implements Choice {
  /** By time and size. */
  DELETE("delete"),
  /** All but the last record of each key go. */
  COMPACT("compact"),
  /** Both. */
  COMPACT_DELETE("compact,delete");

  private final String text;

  Cleanup(String text) {
    this.text = text;
  }

  /** Reads one; {@code delete,compact} is the same as {@code compact,delete}. */
  public static Cleanup parse(String text) {
    return text.equals("delete,compact") ? COMPACT_DELETE : Choice.parse(values(), text);
  }

  @Override
  public String text() {
    return text;
  }
}
