package dev.leat.kafka.coordinator.share;

import dev.leat.kafka.coordinator.CoordinatorKind;
import dev.leat.kafka.coordinator.CoordinatorParts;
import dev.leat.kafka.coordinator.InternalTopic;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.IntSupplier;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.coordinator.share.ShareCoordinator;
import org.apache.kafka.coordinator.share.ShareCoordinatorConfig;
import org.apache.kafka.coordinator.share.ShareCoordinatorRecordSerde;
import org.apache.kafka.coordinator.share.ShareCoordinatorService;
import org.apache.kafka.coordinator.share.metrics.ShareCoordinatorMetrics;
import org.apache.kafka.coordinator.share.metrics.ShareCoordinatorRuntimeMetrics;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;

/** Kafka's coordinator of the delivery state of share groups. */
public final class ShareCoordinatorKind implements CoordinatorKind<ShareCoordinator> {
  private static final Map<String, Object> SETTINGS =
      Map.of(ShareCoordinatorConfig.NUM_THREADS_CONFIG, 1);

  @Override
  public InternalTopic topic() {
    return InternalTopic.SHARE_GROUP_STATE;
  }

  @Override
  public ShareCoordinator build(CoordinatorParts parts) {
    Metrics metrics = new Metrics();
    ShareCoordinatorConfig config =
        new ShareCoordinatorConfig(new AbstractConfig(ShareCoordinatorConfig.CONFIG_DEF, SETTINGS));
    return new ShareCoordinatorService.Builder(parts.brokerId(), config)
        .withTime(Time.SYSTEM)
        .withTimer(parts.timer())
        .withLoader(parts.loader(new ShareCoordinatorRecordSerde()))
        .withWriter(parts.writer())
        .withCoordinatorMetrics(new ShareCoordinatorMetrics(metrics))
        .withCoordinatorRuntimeMetrics(new ShareCoordinatorRuntimeMetrics(metrics))
        .build();
  }

  @Override
  public void startup(ShareCoordinator coordinator, IntSupplier partitions) {
    coordinator.startup(partitions);
  }

  @Override
  public void elected(ShareCoordinator coordinator, int partition, int epoch) {
    coordinator.onElection(partition, epoch);
  }

  @Override
  public void resigned(ShareCoordinator coordinator, int partition, OptionalInt epoch) {
    coordinator.onResignation(partition, epoch);
  }

  @Override
  public void metadata(ShareCoordinator coordinator, MetadataDelta delta, MetadataImage image) {
    coordinator.onMetadataUpdate(delta, image);
  }

  @Override
  public void shutdown(ShareCoordinator coordinator) {
    coordinator.shutdown();
  }
}
