package dev.leat.client.internal.net;

import dev.leat.client.ClientConfig;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The pause before a next try: doubles from try to try, up to a bound, less up to a fifth by
 * chance, so that many clients do not come back at the same moment. Belongs to one thread.
 */
public final class Backoff {

  private static final double JITTER = 0.2;

  private final long minMs;
  private final long maxMs;
  private long nextMs;

  /** With the bounds of a config. */
  public Backoff(ClientConfig config) {
    minMs = config.minBackoff().toMillis();
    maxMs = config.maxBackoff().toMillis();
    nextMs = minMs;
  }

  /** The pause before the next try, in ms. */
  public long nextMs() {
    long pause = nextMs;
    nextMs = Math.min(maxMs, Math.max(1, 2 * nextMs));
    return (long) (pause * (1 - JITTER * ThreadLocalRandom.current().nextDouble()));
  }

  /** A try succeeded. */
  public void reset() {
    nextMs = minMs;
  }
}
