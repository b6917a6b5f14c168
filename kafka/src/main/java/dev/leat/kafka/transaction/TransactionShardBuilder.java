package dev.leat.kafka.transaction;

import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.internals.LogContext;
import org.apache.kafka.coordinator.common.runtime.CoordinatorExecutor;
import org.apache.kafka.coordinator.common.runtime.CoordinatorMetrics;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRecord;
import org.apache.kafka.coordinator.common.runtime.CoordinatorShardBuilder;
import org.apache.kafka.coordinator.common.runtime.CoordinatorTimer;
import org.apache.kafka.timeline.SnapshotRegistry;
import org.jspecify.annotations.Nullable;

/** Makes shards; they need little of what the runtime offers. */
final class TransactionShardBuilder
    implements CoordinatorShardBuilder<TransactionShard, CoordinatorRecord> {
  private final Consumer<List<Transaction>> onLoaded;
  private @Nullable SnapshotRegistry snapshots;

  TransactionShardBuilder(Consumer<List<Transaction>> onLoaded) {
    this.onLoaded = onLoaded;
  }

  @Override
  public TransactionShardBuilder withSnapshotRegistry(SnapshotRegistry registry) {
    snapshots = registry;
    return this;
  }

  @Override
  public TransactionShardBuilder withLogContext(LogContext context) {
    return this;
  }

  @Override
  public TransactionShardBuilder withTime(Time time) {
    return this;
  }

  @Override
  public TransactionShardBuilder withTimer(CoordinatorTimer<CoordinatorRecord> timer) {
    return this;
  }

  @Override
  public TransactionShardBuilder withExecutor(CoordinatorExecutor<CoordinatorRecord> executor) {
    return this;
  }

  @Override
  public TransactionShardBuilder withCoordinatorMetrics(CoordinatorMetrics metrics) {
    return this;
  }

  @Override
  public TransactionShardBuilder withTopicPartition(TopicPartition partition) {
    return this;
  }

  @Override
  public TransactionShard build() {
    return new TransactionShard(Objects.requireNonNull(snapshots, "no snapshots"), onLoaded);
  }
}
