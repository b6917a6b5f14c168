package dev.leat.crds;

import dev.leat.crds.value.Choice;

/** State of a topic in one word; the conditions say more. */
public enum TopicPhase implements Choice {
  /** Nobody has looked at it yet. */
  PENDING("Pending"),
  /** Partitions are being made; none exists outside what {@code applied} says. */
  CREATING("Creating"),
  /** Every partition takes records. */
  READY("Ready"),
  /** It cannot be made as it is; condition {@code Accepted} says why. */
  REFUSED("Refused"),
  /** Its records are being deleted. */
  DELETING("Deleting");

  private final String text;

  TopicPhase(String text) {
    this.text = text;
  }

  /** Reads one. */
  public static TopicPhase parse(String text) {
    return Choice.parse(values(), text);
  }

  @Override
  public String text() {
    return text;
  }
}
