package dev.leat.crds;

import java.time.Instant;

/**
 * One statement about a resource, of Kubernetes' standard form.
 *
 * @param type what the statement is about, as in {@code Ready}
 * @param status whether it holds
 * @param observedGeneration generation of the spec that was looked at
 * @param lastTransitionTime when status last changed
 * @param reason one word in CamelCase, for programs
 * @param message one line for people: what happened, why, what to do; may be empty
 */
public record Condition(
    String type,
    Status status,
    long observedGeneration,
    Instant lastTransitionTime,
    String reason,
    String message) {
  /** Whether a statement holds. */
  public enum Status {
    TRUE("True"),
    FALSE("False"),
    UNKNOWN("Unknown");

    private final String text;

    Status(String text) {
      this.text = text;
    }

    /** The word in the YAML. */
    public String text() {
      return text;
    }
  }

  /** Whether the statement holds. */
  public boolean isTrue() {
    return status == Status.TRUE;
  }

  /** Whether both say the same, whenever that began. */
  public boolean saysSameAs(Condition other) {
    return type.equals(other.type)
        && status == other.status
        && observedGeneration == other.observedGeneration
        && reason.equals(other.reason)
        && message.equals(other.message);
  }
}
