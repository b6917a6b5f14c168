package dev.leat.kafka.coordinator;

import dev.leat.broker.runtime.BrokerApi;
import dev.leat.kafka.coordinator.share.ShareCoordinatorKind;
import dev.leat.kafka.coordinator.share.ShareCoordinators;
import dev.leat.kafka.coordinator.share.ShareDeliveries;
import dev.leat.kafka.quota.ClientQuotas;
import dev.leat.kafka.settings.StoredSettings;
import dev.leat.kafka.transaction.Transactions;
import org.apache.kafka.coordinator.group.GroupCoordinator;
import org.apache.kafka.coordinator.share.ShareCoordinator;
import org.apache.kafka.server.share.persister.Persister;

/** The coordinators of one broker. Each is loaded when it is needed first. */
public final class Coordinators implements AutoCloseable {
  private final CoordinatorSurroundings around;
  private final CoordinatorHost<ShareCoordinator> shares;
  private final Persister persister;
  private final StoredSettings settings;
  private final GroupConfigs configs;
  private final ClientQuotas quotas;
  private final ShareDeliveries deliveries;
  private final CoordinatorHost<GroupCoordinator> groups;
  private final Transactions transactions;

  /**
   * None is loaded yet.
   *
   * @param brokerId number of this broker
   */
  public Coordinators(int brokerId, BrokerApi broker) {
    around = new CoordinatorSurroundings(brokerId, broker);
    shares = new CoordinatorHost<>(new ShareCoordinatorKind(), around);
    persister = ShareCoordinators.persister(around);
    settings = new StoredSettings(broker, around.topics());
    configs = new GroupConfigs(settings);
    quotas = new ClientQuotas(settings, broker.clock(), broker.metrics());
    deliveries = new ShareDeliveries(around, persister, configs);
    transactions = new Transactions(around, this::groups);
    groups =
        new CoordinatorHost<>(
            new GroupCoordinatorKind(persister, transactions.gate(), configs), around);
  }

  /** That of groups and their offsets. */
  public CoordinatorHost<GroupCoordinator> groups() {
    return groups;
  }

  /** That of transactions. */
  public Transactions transactions() {
    return transactions;
  }

  /** That of the delivery state of share groups. */
  public CoordinatorHost<ShareCoordinator> shares() {
    return shares;
  }

  /** Hands out the records of share groups. */
  public ShareDeliveries deliveries() {
    return deliveries;
  }

  /** What clients have configured. */
  public StoredSettings settings() {
    return settings;
  }

  /** Configurations of groups. */
  public GroupConfigs groupConfigs() {
    return configs;
  }

  /** Quotas of clients, whichever listener they use. */
  public ClientQuotas quotas() {
    return quotas;
  }

  /** Where they keep their state. */
  public InternalTopics topics() {
    return around.topics();
  }

  /** What a further coordinator is hosted with. */
  public CoordinatorSurroundings around() {
    return around;
  }

  @Override
  public void close() {
    transactions.close();
    deliveries.close();
    persister.stop();
    groups.close();
    shares.close();
    around.close();
  }
}
