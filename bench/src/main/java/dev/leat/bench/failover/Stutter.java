package dev.leat.bench.failover;

import dev.leat.bench.process.MeasurementException;
import java.time.Duration;

/** Lets a process work for a moment only, again and again: a broker on a slow machine. */
final class Stutter implements AutoCloseable {
  /** Shorter than the silence after which any product gives up a broker. */
  private static final Duration STOPPED = Duration.ofSeconds(1);

  private static final Duration RUNNING = Duration.ofMillis(200);

  private final long pid;
  private final Thread thread;
  private volatile boolean closed;

  /** Begins. */
  Stutter(long pid) {
    this.pid = pid;
    this.thread = Thread.ofPlatform().name("stutter").start(this::run);
  }

  private void run() {
    try {
      while (!closed) {
        Signal.STOP.send(pid);
        Thread.sleep(STOPPED);
        Signal.CONT.send(pid);
        Thread.sleep(RUNNING);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The process works as usual afterwards. */
  @Override
  public void close() {
    closed = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MeasurementException("interrupted", e);
    } finally {
      Signal.CONT.send(pid);
    }
  }
}
