package dev.leat.kafka.network;

import dev.leat.broker.runtime.thread.ByteBudget;

/**
 * What one connection may take of the broker.
 *
 * @param maxFrameBytes largest request
 * @param maxPipelined produce requests that are under way at a time
 * @param idleMs a connection without a request for so long is closed
 * @param frameMs a request that takes longer to arrive closes its connection
 */
record ConnectionLimits(int maxFrameBytes, int maxPipelined, long idleMs, long frameMs) {
  /** Kafka's socket.request.max.bytes. */
  private static final int KAFKA_MAX_FRAME_BYTES = 100 << 20;

  private static final int MAX_PIPELINED = 64;

  /** Kafka's connections.max.idle.ms. */
  private static final long IDLE_MS = 600_000;

  private static final long FRAME_MS = 30_000;

  /**
   * Limits that leave room for others.
   *
   * @param budgetBytes what requests of all clients may hold together, see {@link ByteBudget}
   */
  static ConnectionLimits of(long budgetBytes) {
    return new ConnectionLimits(
        (int) Math.min(KAFKA_MAX_FRAME_BYTES, budgetBytes / 2), MAX_PIPELINED, IDLE_MS, FRAME_MS);
  }
}
