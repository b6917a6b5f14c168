package dev.leat.kafka.coordinator.share;

import dev.leat.broker.log.Journal;
import dev.leat.broker.runtime.BrokerApi;
import dev.leat.broker.runtime.LivePartition;
import dev.leat.broker.runtime.OffsetFinder;
import dev.leat.broker.runtime.TopicDirectory;
import dev.leat.broker.runtime.view.GroupView;
import dev.leat.kafka.view.AbortedRanges;
import dev.leat.kafka.view.TopicFinder;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import kafka.server.share.ShareLog;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.server.partition.PartitionListener;
import org.apache.kafka.server.storage.log.FetchIsolation;
import org.apache.kafka.server.storage.log.FetchPartitionData;
import org.apache.kafka.storage.internals.log.LogOffsetMetadata;

/** Leat's partitions as the log of share groups. Committed records only. */
final class PartitionShareLog implements ShareLog {
  private final BrokerApi broker;
  private final TopicFinder topics;
  private final Consumer<TopicIdPartition> onCommitted;
  private final Map<PartitionListener, Watch> watches = new ConcurrentHashMap<>();

  /**
   * A log.
   *
   * @param onCommitted hears of new records of partitions that somebody listens to
   */
  PartitionShareLog(BrokerApi broker, Consumer<TopicIdPartition> onCommitted) {
    this.broker = broker;
    this.topics = new TopicFinder(broker.topics());
    this.onCommitted = onCommitted;
  }

  private LivePartition led(TopicIdPartition name) {
    TopicDirectory.Topic topic = topics.find(name.topicId());
    if (topic == null || name.partition() >= topic.partitions()) {
      throw new UnknownTopicOrPartitionException("there is no partition " + name);
    }
    LivePartition partition = topic.partition(name.partition());
    if (!partition.group().leadership().here()) {
      throw new NotLeaderOrFollowerException("this broker does not lead " + name);
    }
    return partition;
  }

  @Override
  public FetchPartitionData read(
      TopicIdPartition name, long offset, int maxBytes, FetchIsolation isolation) {
    LivePartition partition = led(name);
    // In this order: what is stable is never above what is committed.
    long lastStable = partition.lastStableOffset();
    long highWatermark = partition.highWatermark();
    boolean committed = isolation == FetchIsolation.TXN_COMMITTED;
    long end = committed ? lastStable : highWatermark;
    boolean stored = offset >= partition.logStart() && offset <= highWatermark;
    Copy copy =
        stored && offset < end
            ? read(partition, offset, end, maxBytes)
            : new Copy(MemoryRecords.EMPTY, offset);
    return new FetchPartitionData(
        stored ? Errors.NONE : Errors.OFFSET_OUT_OF_RANGE,
        highWatermark,
        partition.logStart(),
        copy.records,
        Optional.empty(),
        OptionalLong.of(lastStable),
        committed ? Optional.of(AbortedRanges.of(partition, offset, copy.end)) : Optional.empty(),
        OptionalInt.empty(),
        false);
  }

  /** Records up to an offset. A copy: what is acquired of it leaves later. */
  private record Copy(MemoryRecords records, long end) {}

  private Copy read(LivePartition partition, long offset, long end, int maxBytes) {
    try (Journal.Slice slice = broker.batches().read(partition, offset, end, maxBytes)) {
      if (slice == null) {
        return new Copy(MemoryRecords.EMPTY, offset);
      }
      ByteBuffer bytes = ByteBuffer.allocate(slice.sizeBytes());
      slice.batches().forEach(batches -> bytes.put(batches.duplicate()));
      return new Copy(MemoryRecords.readableRecords(bytes.flip()), slice.nextOffset());
    }
  }

  @Override
  public long offsetForEarliestTimestamp(TopicIdPartition name, int epoch) {
    return led(name).logStart();
  }

  @Override
  public long offsetForLatestTimestamp(TopicIdPartition name, int epoch) {
    return led(name).highWatermark();
  }

  @Override
  public long offsetForTimestamp(TopicIdPartition name, long timestampMs, int epoch) {
    LivePartition partition = led(name);
    return broker
        .offsets()
        .firstAt(partition, timestampMs)
        .map(OffsetFinder.Found::offset)
        .orElseGet(partition::highWatermark);
  }

  @Override
  public LogOffsetMetadata endOffsetMetadata(TopicIdPartition name, FetchIsolation isolation) {
    return new LogOffsetMetadata(led(name).highWatermark());
  }

  @Override
  public int leaderEpoch(TopicIdPartition name) {
    return led(name).group().leadership().epoch();
  }

  @Override
  public boolean addPartitionListener(TopicIdPartition name, PartitionListener listener) {
    Watch watch = new Watch(name, led(name), listener);
    watches.put(listener, watch);
    watch.partition.subscribe(watch);
    return true;
  }

  @Override
  public void removePartitionListener(TopicIdPartition name, PartitionListener listener) {
    Watch watch = watches.remove(listener);
    if (watch != null) {
      watch.partition.unsubscribe(watch);
    }
  }

  /** Follows one partition, on the core loop; what follows from it happens elsewhere. */
  private final class Watch implements Runnable {
    private final TopicIdPartition name;
    private final LivePartition partition;
    private final PartitionListener listener;
    private final int epoch;
    private volatile long highWatermark;

    Watch(TopicIdPartition name, LivePartition partition, PartitionListener listener) {
      this.name = name;
      this.partition = partition;
      this.listener = listener;
      this.epoch = partition.group().leadership().epoch();
      this.highWatermark = partition.highWatermark();
    }

    @Override
    public void run() {
      GroupView.Leadership now = partition.group().leadership();
      if (partition.deleted()) {
        broker.readers().execute(() -> listener.onDeleted(name.topicPartition()));
      } else if (!now.here() || now.epoch() != epoch) {
        broker.readers().execute(() -> listener.onBecomingFollower(name.topicPartition()));
      } else if (partition.highWatermark() > highWatermark) {
        highWatermark = partition.highWatermark();
        onCommitted.accept(name);
      }
    }
  }
}
