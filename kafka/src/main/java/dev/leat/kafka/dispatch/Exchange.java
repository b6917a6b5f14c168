package dev.leat.kafka.dispatch;

import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestContext;

/**
 * One request of a client. It is answered once, from any thread; answers leave in the order of the
 * requests. Exchanges of one connection do not overlap, but for produce requests: so a client finds
 * done what it asked for before.
 */
public interface Exchange {
  /** Header, and who asks. */
  RequestContext context();

  /** What is asked. Its records are valid until it is answered, or as {@link #hold} says. */
  AbstractRequest request();

  /** Whether a request before it on this connection was under way when it began. */
  boolean overlaps();

  /** Answers. */
  default void respond(AbstractResponse response) {
    respond(response, () -> {});
  }

  /**
   * Answers, and runs {@code sent} on an event loop when the bytes of the response are needed no
   * more: sent, or the connection is gone.
   */
  void respond(AbstractResponse response, Runnable sent);

  /** Ends the exchange without an answer: produce with acks=0. */
  void respondNothing();

  /** Closes the connection, as there is no way to answer. */
  void disconnect();

  /** Runs something on the event loop of the connection. */
  void execute(Runnable task);

  /** Runs something later, on the event loop of the connection; the result takes it back. */
  Runnable schedule(Runnable task, long delayMs);

  /** Runs {@code action} on an event loop if the client goes before it has its answer. */
  void onDisconnect(Runnable action);

  /** Keeps the bytes of the request after its answer, until the result is run, once. */
  Runnable hold();
}
