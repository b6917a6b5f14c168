package dev.leat.operator.plan;

/**
 * A broker's pod as it is.
 *
 * @param broker number of the broker
 * @param ready whether clients can use it
 * @param current whether it was made from the newest template
 * @param leaving whether it has been told to stop
 */
public record BrokerPod(int broker, boolean ready, boolean current, boolean leaving) {}
