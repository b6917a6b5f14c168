package dev.leat.broker.server;

/**
 * What the clients of one listener may take of it together. Each listener has them for itself.
 *
 * @param connections most connections at a time; more are closed at once
 * @param connectionsPerAddress most of them from one address, as Kafka's max.connections.per.ip: so
 *     one machine cannot lock out the others. Behind a NodePort all clients may have the address of
 *     a node
 * @param idleMs milliseconds after which a connection that is not used is closed, as Kafka's
 *     connections.max.idle.ms; at least {@value #MIN_IDLE_MS}
 */
public record ListenerLimits(int connections, int connectionsPerAddress, long idleMs) {
  /** Least time for which an unused connection is kept, milliseconds. */
  public static final long MIN_IDLE_MS = 1_000;

  /** For machines of any size: a connection that does nothing costs about 10 KiB. */
  public static final ListenerLimits DEFAULT = new ListenerLimits(10_000, 5_000, 600_000);

  /** Checks the ranges. */
  public ListenerLimits {
    if (connections < 1 || connectionsPerAddress < 1) {
      throw new IllegalArgumentException(
          "%d connections, %d of an address: at least 1 is needed"
              .formatted(connections, connectionsPerAddress));
    }
    if (idleMs < MIN_IDLE_MS) {
      throw new IllegalArgumentException(
          idleMs + " ms for idle connections: at least " + MIN_IDLE_MS + " are needed");
    }
  }
}
