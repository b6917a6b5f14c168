package dev.leat.operator.plan;

import java.util.Optional;

/**
 * A broker's pod as it is.
 *
 * @param broker number of the broker
 * @param ready whether clients can use it
 * @param current whether it was made from the newest template
 * @param leaving whether it has been told to stop
 * @param zone failure domain of its node; empty: Kubernetes does not tell
 * @param problem why it does not start, one line; empty: nothing is known to be wrong
 */
public record BrokerPod(
    int broker,
    boolean ready,
    boolean current,
    boolean leaving,
    String zone,
    Optional<String> problem) {
  /** One with which nothing is known to be wrong. */
  public BrokerPod(int broker, boolean ready, boolean current, boolean leaving) {
    this(broker, ready, current, leaving, "", Optional.empty());
  }
}
