package dev.leat.kafka.transaction;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.coordinator.common.runtime.CoordinatorMetrics;
import org.apache.kafka.coordinator.common.runtime.CoordinatorMetricsShard;
import org.apache.kafka.timeline.SnapshotRegistry;

/** Counts nothing by partition: labels may not grow with partitions. */
final class NoShardMetrics extends CoordinatorMetrics {

  @Override
  public CoordinatorMetricsShard newMetricsShard(
      SnapshotRegistry snapshots, TopicPartition partition) {
    return new Shard(partition);
  }

  @Override
  public void activateMetricsShard(CoordinatorMetricsShard shard) {}

  @Override
  public void deactivateMetricsShard(CoordinatorMetricsShard shard) {}

  @Override
  public void onUpdateLastCommittedOffset(TopicPartition partition, long offset) {}

  private record Shard(TopicPartition topicPartition) implements CoordinatorMetricsShard {
    @Override
    public void record(String sensor) {}

    @Override
    public void record(String sensor, double value) {}

    @Override
    public void commitUpTo(long offset) {}
  }
}
