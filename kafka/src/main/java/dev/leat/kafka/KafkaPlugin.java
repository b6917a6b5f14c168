package dev.leat.kafka;

import dev.leat.broker.runtime.BrokerApi;
import dev.leat.broker.runtime.groups.GroupCoordination;
import dev.leat.broker.runtime.groups.QueueCoordination;
import dev.leat.broker.runtime.transactions.TransactionCoordination;
import dev.leat.broker.server.ListenerPlugin;
import dev.leat.kafka.coordinator.Coordinators;
import dev.leat.kafka.coordinator.nativeapi.NativeGroups;
import dev.leat.kafka.coordinator.share.NativeQueues;
import dev.leat.kafka.network.KafkaListener;
import dev.leat.kafka.transaction.NativeTransactions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How the broker finds the Kafka listener, and the coordinators. */
public final class KafkaPlugin implements ListenerPlugin {
  private @Nullable Coordinators coordinators;

  @Override
  public Listener start(Settings settings) throws IOException {
    KafkaContext context =
        new KafkaContext(
            settings.broker().withMetadata(settings.seen()),
            settings.brokerId(),
            settings.kafka(),
            () -> coordinators(settings.broker(), settings.brokerId()));
    new TransactionWaker(settings.broker(), context.coordinators()).start();
    return new KafkaListener(settings, () -> new KafkaService(context));
  }

  @Override
  public GroupCoordination groups(BrokerApi broker, int brokerId) {
    return new NativeGroups(broker, coordinators(broker, brokerId));
  }

  @Override
  public TransactionCoordination transactions(BrokerApi broker, int brokerId) {
    Coordinators all = coordinators(broker, brokerId);
    return new NativeTransactions(all.around(), all.transactions());
  }

  @Override
  public QueueCoordination queues(BrokerApi broker, int brokerId) {
    return new NativeQueues(broker, coordinators(broker, brokerId).deliveries());
  }

  @Override
  public synchronized Optional<GroupCoordination> runningGroups() {
    return coordinators != null && coordinators.groups().isStarted()
        ? Optional.of(new NativeGroups(coordinators.around().broker(), coordinators))
        : Optional.empty();
  }

  private synchronized Coordinators coordinators(BrokerApi broker, int brokerId) {
    if (coordinators == null) {
      coordinators = new Coordinators(brokerId, broker);
    }
    return coordinators;
  }

  @Override
  public synchronized void close() {
    if (coordinators != null) {
      coordinators.close();
    }
  }

  @Override
  public void train(InetSocketAddress broker, String topic) throws IOException {
    try (Training training = new Training(broker, topic)) {
      training.run();
    }
  }
}
