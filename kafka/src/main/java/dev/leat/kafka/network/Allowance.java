package dev.leat.kafka.network;

import dev.leat.broker.runtime.BrokerMetrics;
import dev.leat.broker.runtime.thread.ByteBudget;
import dev.leat.broker.runtime.thread.Clock;
import dev.leat.broker.server.ListenerPlugin;

/**
 * What the connections of a listener share, and what each may take of it.
 *
 * @param requests bytes of complete requests, of the clients of all listeners
 * @param arriving bytes of requests that are not complete
 * @param leaving bytes of responses that their clients have not taken, but for records: these stay
 *     where they are stored
 * @param each limits of one connection
 * @param clock where time comes from
 * @param metrics hear of connections that were closed
 */
record Allowance(
    ByteBudget requests,
    SlowClients arriving,
    SlowClients leaving,
    ConnectionLimits each,
    Clock clock,
    BrokerMetrics metrics) {
  /** That of a listener. */
  static Allowance of(ListenerPlugin.Settings settings) {
    Clock clock = settings.broker().clock();
    BrokerMetrics metrics = settings.broker().metrics();
    long requestBytes = settings.memory().produceBytes();
    return new Allowance(
        settings.broker().produceBudget(),
        new SlowClients(requestBytes / 2, clock, metrics::slowBytesHeld),
        new SlowClients(settings.memory().fetchBytes(), clock, metrics::slowBytesHeld),
        ConnectionLimits.of(requestBytes, settings.limits().idleMs()),
        clock,
        metrics);
  }
}
