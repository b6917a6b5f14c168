package dev.leat.bench.failover;

import dev.leat.bench.process.MeasurementException;

/** Does something again and again on a thread of its own, until it is closed. */
final class Repeat implements AutoCloseable {
  private final Thread thread;
  private volatile boolean closed;

  /** Begins. */
  Repeat(String name, Runnable what) {
    thread =
        Thread.ofPlatform()
            .name(name)
            .start(
                () -> {
                  while (!closed) {
                    what.run();
                  }
                });
  }

  /** Returns when it is no longer done. */
  @Override
  public void close() {
    closed = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MeasurementException("interrupted", e);
    }
  }
}
