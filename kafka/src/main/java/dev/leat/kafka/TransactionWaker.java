package dev.leat.kafka;

import dev.leat.broker.runtime.BrokerApi;
import dev.leat.kafka.coordinator.Coordinators;
import dev.leat.kafka.coordinator.InternalTopic;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Starts the transaction coordinator as soon as there is a topic with transactions, whether a
 * client asks for it or not: what is decided must be carried out, and what is open for too long
 * must be aborted, or else consumers wait for ever.
 */
final class TransactionWaker implements Runnable {
  private final BrokerApi broker;
  private final Supplier<Coordinators> coordinators;
  private final AtomicBoolean begun = new AtomicBoolean();

  TransactionWaker(BrokerApi broker, Supplier<Coordinators> coordinators) {
    this.broker = broker;
    this.coordinators = coordinators;
  }

  void start() {
    broker.metadata().subscribe(this);
    run();
  }

  /** Metadata have changed. On the core loop: loading classes is for another thread. */
  @Override
  public void run() {
    String topic = InternalTopic.TRANSACTION_STATE.topicName();
    if (broker.topics().find(topic) != null && begun.compareAndSet(false, true)) {
      broker.metadata().unsubscribe(this);
      broker.readers().execute(() -> coordinators.get().transactions().coordinator().get());
    }
  }
}
