package dev.leat.client.internal.transaction;

/**
 * Lets threads send while a transaction is open, and tells when those have left that were inside as
 * it was closed. Nobody waits to get in: a callback on the network thread never may.
 */
final class SendGate {
  private boolean open;
  private int inside;

  /** Lets threads in. */
  synchronized void open() {
    open = true;
  }

  /** Whether the calling thread is in; if so, it has to {@link #leave}. */
  synchronized boolean enter() {
    if (open) {
      inside++;
    }
    return open;
  }

  synchronized void leave() {
    inside--;
    if (inside == 0) {
      notifyAll();
    }
  }

  /** Lets nobody in any more, and waits until nobody is inside. */
  synchronized void close() throws InterruptedException {
    open = false;
    while (inside > 0) {
      wait();
    }
  }
}
