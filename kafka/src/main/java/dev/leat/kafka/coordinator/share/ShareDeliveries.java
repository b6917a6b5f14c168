package dev.leat.kafka.coordinator.share;

import dev.leat.broker.runtime.BrokerApi;
import dev.leat.kafka.coordinator.CoordinatorSurroundings;
import dev.leat.kafka.coordinator.GroupConfigs;
import kafka.server.share.ShareDelivery;
import org.apache.kafka.coordinator.group.modern.share.ShareGroupConfigProvider;
import org.apache.kafka.server.share.persister.Persister;
import org.apache.kafka.server.storage.log.FetchIsolation;
import org.jspecify.annotations.Nullable;

/**
 * The one delivery of this broker, for the clients of all listeners: a record must not be handed
 * out twice. Made when the first member comes.
 */
public final class ShareDeliveries implements AutoCloseable {
  /** How long a record is locked, ms. Kafka's default. */
  static final int LOCK_MS = 30_000;

  private final CoordinatorSurroundings around;
  private final Persister persister;
  private final GroupConfigs configs;
  private @Nullable ShareDelivery delivery;

  /**
   * Nothing is made yet.
   *
   * @param persister keeps the state of share partitions
   * @param configs of groups
   */
  public ShareDeliveries(
      CoordinatorSurroundings around, Persister persister, GroupConfigs configs) {
    this.around = around;
    this.persister = persister;
    this.configs = configs;
  }

  /** The delivery. */
  public synchronized ShareDelivery get() {
    if (delivery == null) {
      // The log tells the delivery of new records, and the delivery reads the log.
      ShareDelivery[] made = new ShareDelivery[1];
      BrokerApi broker = around.broker();
      PartitionShareLog log = new PartitionShareLog(broker, name -> made[0].committed(name));
      made[0] =
          new ShareDelivery(
              new ShareDelivery.Parts(
                  log,
                  persister,
                  new ShareGroupConfigProvider(configs.lookedUp()),
                  around.timer(),
                  broker.readers()));
      delivery = made[0];
    }
    return delivery;
  }

  /** Lets a group begin at the first records of partitions that are new to it. */
  void beginAtStart(String group) {
    configs.beginAtStart(group);
  }

  /** What members of a group see of transactions: its share.isolation.level. */
  FetchIsolation isolation(String group) {
    return configs.shareIsolation(group);
  }

  @Override
  public synchronized void close() {
    if (delivery != null) {
      delivery.close();
    }
  }
}
