package dev.leat.broker.transport;

import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many messages a client may send: the next one only while it takes what it is sent. Answers
 * that nobody takes would pile up. Safe for use by any thread.
 */
final class Credit {
  private final ServerCallStreamObserver<?> responses;
  private final AtomicInteger owed = new AtomicInteger();

  /**
   * Credit for a number of messages.
   *
   * @param responses of a call whose method has not returned yet; {@link #pay} is to be called when
   *     they become ready
   */
  Credit(ServerCallStreamObserver<?> responses, int messages) {
    this.responses = responses;
    responses.disableAutoRequest();
    responses.request(messages);
  }

  /** A message is dealt with: another one may come. */
  void give() {
    owed.incrementAndGet();
    pay();
  }

  /** Asks for what is owed, if the client takes what it is sent. */
  void pay() {
    if (responses.isReady()) {
      int messages = owed.getAndSet(0);
      if (messages > 0) {
        responses.request(messages);
      }
    }
  }
}
