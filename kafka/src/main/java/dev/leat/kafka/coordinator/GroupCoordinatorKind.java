package dev.leat.kafka.coordinator;

import com.yammer.metrics.core.MetricsRegistry;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntSupplier;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.coordinator.group.GroupConfigManager;
import org.apache.kafka.coordinator.group.GroupCoordinator;
import org.apache.kafka.coordinator.group.GroupCoordinatorConfig;
import org.apache.kafka.coordinator.group.GroupCoordinatorRecordSerde;
import org.apache.kafka.coordinator.group.GroupCoordinatorService;
import org.apache.kafka.coordinator.group.metrics.GroupCoordinatorMetrics;
import org.apache.kafka.coordinator.group.metrics.GroupCoordinatorRuntimeMetrics;
import org.apache.kafka.coordinator.group.modern.share.ShareGroupConfig;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.server.share.persister.Persister;

/** Kafka's coordinator of groups: classic, consumer, streams and share ones. */
public final class GroupCoordinatorKind implements CoordinatorKind<GroupCoordinator> {
  private final Persister persister;
  private final TransactionVerifier verifier;

  /**
   * A kind.
   *
   * @param persister where the delivery state of share groups is kept
   * @param verifier asks whether offsets may be part of a transaction
   */
  public GroupCoordinatorKind(Persister persister, TransactionVerifier verifier) {
    this.persister = persister;
    this.verifier = verifier;
  }

  @Override
  public InternalTopic topic() {
    return InternalTopic.CONSUMER_OFFSETS;
  }

  /**
   * Where Leat does not take Kafka's defaults. Threads: they wait for the core loop only. The first
   * rebalance waits a moment for members that are started together; three seconds, as Kafka waits,
   * are felt by everybody who starts a single consumer.
   */
  private static GroupCoordinatorConfig config() {
    return GroupCoordinatorConfig.fromProps(
        Map.of(
            GroupCoordinatorConfig.GROUP_COORDINATOR_NUM_THREADS_CONFIG, 2,
            GroupCoordinatorConfig.GROUP_COORDINATOR_NUM_BACKGROUND_THREADS_CONFIG, 1,
            GroupCoordinatorConfig.GROUP_INITIAL_REBALANCE_DELAY_MS_CONFIG, 300,
            GroupCoordinatorConfig.STREAMS_GROUP_INITIAL_REBALANCE_DELAY_MS_CONFIG, 300));
  }

  @Override
  public GroupCoordinator build(CoordinatorParts parts) {
    GroupCoordinatorConfig config = config();
    Metrics metrics = new Metrics();
    return new GroupCoordinatorService.Builder(parts.brokerId(), config)
        .withTime(Time.SYSTEM)
        .withTimer(parts.timer())
        .withLoader(parts.loader(new GroupCoordinatorRecordSerde()))
        .withWriter(parts.writer(verifier))
        .withCoordinatorRuntimeMetrics(new GroupCoordinatorRuntimeMetrics(metrics))
        .withGroupCoordinatorMetrics(new GroupCoordinatorMetrics(new MetricsRegistry(), metrics))
        .withGroupConfigManager(
            new GroupConfigManager(config, ShareGroupConfig.fromProps(Map.of())))
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
