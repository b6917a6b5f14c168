package dev.leat.broker.control.coordination;

/** Whether a broker can be used. */
public enum BrokerState {
  /** Serves, and may lead. */
  UP,
  /** Stops, or leaves the cluster: leads nothing new. What it answers still counts. */
  DRAINING,
  /** Dead, or cut off: leads nothing. */
  FENCED
}
