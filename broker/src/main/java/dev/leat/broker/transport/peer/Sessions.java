package dev.leat.broker.transport.peer;

import dev.leat.broker.log.disk.DiskIdentity;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Who is connected to this broker now, one process for each broker number. Any thread. */
final class Sessions {
  private final Map<Integer, Session> byBroker = new HashMap<>();

  /**
   * A process that is connected.
   *
   * @param disk who it is
   * @param end ends its first lane, with a line for a person
   */
  record Session(DiskIdentity disk, Consumer<String> end) {}

  /** Who is connected under this number; null if nobody is. */
  synchronized @Nullable DiskIdentity connected(int broker) {
    Session session = byBroker.get(broker);
    return session == null ? null : session.disk();
  }

  /** A welcome process takes the place of the one before, if there is one. */
  void begin(Session session) {
    Session before;
    synchronized (this) {
      before = byBroker.put(session.disk().brokerId(), session);
    }
    if (before != null) {
      before.end().accept("a later process of this broker is connected");
    }
  }

  /** It has gone; does nothing if another has its place. */
  synchronized void end(Session session) {
    byBroker.remove(session.disk().brokerId(), session);
  }

  /** Ends the session of this process. */
  void reject(int broker, long nonce, String reason) {
    Session session;
    synchronized (this) {
      session = byBroker.get(broker);
      if (session == null || session.disk().nonce() != nonce) {
        return;
      }
      byBroker.remove(broker);
    }
    session.end().accept(reason);
  }

  /** Whether this process is connected. */
  synchronized boolean isConnected(int broker, long nonce) {
    Session session = byBroker.get(broker);
    return session != null && session.disk().nonce() == nonce;
  }
}
