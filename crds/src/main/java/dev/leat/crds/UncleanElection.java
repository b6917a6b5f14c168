package dev.leat.crds;

import dev.leat.crds.value.Span;

/**
 * What becomes of replica groups of a class that have lost a quorum of their replicas: after a
 * while they go on with what is left, and what only the others had is given up. Classes without
 * such a policy wait for a person.
 *
 * @param replicas the class: topics of so many replicas; 1, 3 or 5
 * @param after how long they wait for the missing replicas; brokers wait for 10 s at least
 */
public record UncleanElection(int replicas, Span after) {
  /** Checks the class. */
  public UncleanElection {
    TopicSpec.checkReplicas(replicas);
  }
}
