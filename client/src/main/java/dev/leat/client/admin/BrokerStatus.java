package dev.leat.client.admin;

/** Whether a broker can be used. */
public enum BrokerStatus {
  /** Serves. */
  UP,
  /** Is handing over and will stop. */
  DRAINING,
  /** Dead or cut off. */
  FENCED
}
