package dev.leat.broker.runtime;

import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.RetentionPlan.Retention;
import dev.leat.broker.log.compact.CompactionPlan;
import dev.leat.broker.log.compact.Transactions;
import dev.leat.broker.runtime.view.TopicView;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is kept of each partition: what its topic says, and what of it is committed. Any thread. */
final class KeepRules {
  private final Map<GroupId, GroupRunner> groups;
  private final TopicDirectory topics;

  KeepRules(Map<GroupId, GroupRunner> groups, TopicDirectory topics) {
    this.groups = groups;
    this.topics = topics;
  }

  /** What retention keeps of a partition. */
  Retention retention(GroupId id, int number) {
    GroupRunner group = groups.get(id);
    if (group == null || group.isWithdrawn() || group.presence() == GroupRunner.Presence.EMPTY) {
      return new Retention.Everything();
    }
    LivePartition partition = group.partition(number);
    if (partition == null) {
      return new Retention.Nothing();
    }
    TopicView topic = topic(partition);
    return new Retention.Limited(
        partition.logStart(),
        partition.highWatermark(),
        topic == null ? Retention.UNLIMITED : topic.retentionMs(),
        topic == null ? Retention.UNLIMITED : topic.retentionBytes());
  }

  /** How a partition is compacted, if it is. */
  Optional<CompactionPlan.Rules> compaction(GroupId id, int number) {
    LivePartition partition = partition(id, number);
    TopicView topic = partition == null ? null : topic(partition);
    TopicView.Compaction compaction = topic == null ? null : topic.compaction();
    if (partition == null || compaction == null) {
      return Optional.empty();
    }
    return Optional.of(
        new CompactionPlan.Rules(
            Math.min(partition.highWatermark(), transactions(partition).lastStableOffset()),
            compaction.minLagMs(),
            compaction.maxLagMs(),
            compaction.minDirtyRatio(),
            compaction.deleteRetentionMs()));
  }

  /** The transactions of a partition. */
  Transactions transactions(GroupId id, int number) {
    LivePartition partition = partition(id, number);
    return partition == null ? Transactions.NONE : transactions(partition);
  }

  private static Transactions transactions(LivePartition partition) {
    return new Transactions() {
      @Override
      public long lastStableOffset() {
        return partition.lastStableOffset();
      }

      @Override
      public boolean isAborted(long producerId, long offset) {
        return partition.abortedTransactions(offset, offset + 1).stream()
            .anyMatch(
                aborted ->
                    aborted.producerId() == producerId
                        && aborted.firstOffset() <= offset
                        && offset <= aborted.markerOffset());
      }
    };
  }

  private @Nullable LivePartition partition(GroupId id, int number) {
    GroupRunner group = groups.get(id);
    return group == null ? null : group.partition(number);
  }

  private @Nullable TopicView topic(LivePartition partition) {
    TopicDirectory.Topic topic = topics.find(partition.topic());
    return topic == null ? null : topic.view();
  }
}
