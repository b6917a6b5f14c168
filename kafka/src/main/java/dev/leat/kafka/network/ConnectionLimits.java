package dev.leat.kafka.network;

import dev.leat.broker.runtime.thread.ByteBudget;

/**
 * What one connection may take of the broker.
 *
 * @param maxFrameBytes largest request
 * @param maxPipelined produce requests that are under way at a time
 * @param maxInFlightBytes bytes of requests under way beyond which no further one is taken
 * @param idleMs a connection without a request for so long is closed
 * @param frameMs a request that takes longer to arrive closes its connection, and so do responses
 *     of which the client takes nothing for so long
 */
record ConnectionLimits(
    int maxFrameBytes, int maxPipelined, long maxInFlightBytes, long idleMs, long frameMs) {
  /** Kafka's socket.request.max.bytes. */
  private static final int KAFKA_MAX_FRAME_BYTES = 100 << 20;

  private static final int MAX_PIPELINED = 64;
  private static final long FRAME_MS = 30_000;

  /** Of what requests of all clients may hold, one connection may have this part. */
  private static final int SHARE = 4;

  /**
   * Limits that leave room for others.
   *
   * @param budgetBytes what requests of all clients may hold together, see {@link ByteBudget}
   * @param idleMs as configured
   */
  static ConnectionLimits of(long budgetBytes, long idleMs) {
    return new ConnectionLimits(
        (int) Math.min(KAFKA_MAX_FRAME_BYTES, budgetBytes / 2),
        MAX_PIPELINED,
        budgetBytes / SHARE,
        idleMs,
        FRAME_MS);
  }
}
