package dev.leat.kafka.coordinator;

import com.yammer.metrics.core.MetricsRegistry;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntSupplier;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.coordinator.group.GroupCoordinator;
import org.apache.kafka.coordinator.group.GroupCoordinatorRecordSerde;
import org.apache.kafka.coordinator.group.GroupCoordinatorService;
import org.apache.kafka.coordinator.group.metrics.GroupCoordinatorMetrics;
import org.apache.kafka.coordinator.group.metrics.GroupCoordinatorRuntimeMetrics;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.server.share.persister.Persister;

/** Kafka's coordinator of groups: classic, consumer, streams and share ones. */
public final class GroupCoordinatorKind implements CoordinatorKind<GroupCoordinator> {
  private final Persister persister;
  private final TransactionVerifier verifier;
  private final GroupConfigs configs;

  /**
   * A kind.
   *
   * @param persister where the delivery state of share groups is kept
   * @param verifier asks whether offsets may be part of a transaction
   * @param configs of groups
   */
  public GroupCoordinatorKind(
      Persister persister, TransactionVerifier verifier, GroupConfigs configs) {
    this.persister = persister;
    this.verifier = verifier;
    this.configs = configs;
  }

  @Override
  public InternalTopic topic() {
    return InternalTopic.CONSUMER_OFFSETS;
  }

  @Override
  public GroupCoordinator build(CoordinatorParts parts) {
    Metrics metrics = new Metrics();
    return new GroupCoordinatorService.Builder(parts.brokerId(), configs.coordinator())
        .withTime(Time.SYSTEM)
        .withTimer(parts.timer())
        .withLoader(parts.loader(new GroupCoordinatorRecordSerde()))
        .withWriter(parts.writer(verifier))
        .withCoordinatorRuntimeMetrics(new GroupCoordinatorRuntimeMetrics(metrics))
        .withGroupCoordinatorMetrics(new GroupCoordinatorMetrics(new MetricsRegistry(), metrics))
        .withGroupConfigManager(configs.lookedUp())
        .withPersister(persister)
        .withAuthorizerPlugin(Optional.empty())
        .withPartitionMetadataClient(new LocalEndOffsets(parts.broker()))
        .build();
  }

  @Override
  public void startup(GroupCoordinator coordinator, IntSupplier partitions) {
    coordinator.startup(partitions);
  }

  @Override
  public void elected(GroupCoordinator coordinator, int partition, int epoch) {
    coordinator.onElection(partition, epoch);
  }

  @Override
  public void resigned(GroupCoordinator coordinator, int partition, OptionalInt epoch) {
    coordinator.onResignation(partition, epoch);
  }

  @Override
  public void metadata(GroupCoordinator coordinator, MetadataDelta delta, MetadataImage image) {
    coordinator.onMetadataUpdate(delta, image);
  }

  @Override
  public void shutdown(GroupCoordinator coordinator) {
    coordinator.shutdown();
  }
}
