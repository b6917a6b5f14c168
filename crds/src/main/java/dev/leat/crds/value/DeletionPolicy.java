package dev.leat.crds.value;

/** What becomes of a topic's records when its Topic resource is deleted. */
public enum DeletionPolicy implements Choice {
  /** They are deleted with it. */
  DELETE("delete"),
  /** They stay, and so does the topic: a Topic of the same name, made later, takes it over. */
  RETAIN("retain");

  private final String text;

  DeletionPolicy(String text) {
    this.text = text;
  }

  /** Reads one. */
  public static DeletionPolicy parse(String text) {
    return Choice.parse(values(), text);
  }

  @Override
  public String text() {
    return text;
  }
}
