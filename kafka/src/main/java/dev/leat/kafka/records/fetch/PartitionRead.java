package dev.leat.kafka.records.fetch;

import dev.leat.broker.log.CorruptEntryException;
import dev.leat.broker.log.Journal;
import dev.leat.broker.runtime.Authorizer.Operation;
import dev.leat.broker.runtime.BrokerApi;
import dev.leat.broker.runtime.Isolation;
import dev.leat.broker.runtime.LivePartition;
import dev.leat.broker.runtime.Principal;
import dev.leat.broker.runtime.TopicDirectory;
import dev.leat.kafka.view.AbortedRanges;
import dev.leat.kafka.view.EpochCheck;
import dev.leat.kafka.view.TopicFinder;
import dev.leat.kafka.wire.SlicedRecords;
import java.util.OptionalInt;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchResponse;
import org.jspecify.annotations.Nullable;

/** One look at one partition: an answer, and what has to be held until it has been sent. */
final class PartitionRead {
  private final Wanted wanted;
  private final PartitionData answer;
  private final @Nullable LivePartition partition;
  private final Journal.@Nullable Slice slice;
  private boolean follows;

  private PartitionRead(
      Wanted wanted,
      PartitionData answer,
      @Nullable LivePartition partition,
      Journal.@Nullable Slice slice) {
    this.wanted = wanted;
    this.answer = answer;
    this.partition = partition;
    this.slice = slice;
  }

  /** How much a read may return. */
  record Room(int bytes, boolean atLeastOneBatch) {}

  /**
   * How to look.
   *
   * @param replicas who is to be read from
   * @param isolation what may be seen
   * @param last whether the client is answered now, whatever is found
   */
  record Look(ReplicaChoice replicas, Isolation isolation, boolean last) {}

  static PartitionRead read(BrokerApi broker, Wanted wanted, Room room, Look look) {
    Wanted.Key key = wanted.key();
    TopicDirectory.Topic topic = new TopicFinder(broker.topics()).find(key.topic(), key.topicId());
    if (topic == null) {
      return refused(wanted, TopicFinder.missing(key.topic()), null);
    }
    if (!broker.authorizer().allows(Principal.ANONYMOUS, Operation.READ, topic.view().name())) {
      return refused(wanted, Errors.TOPIC_AUTHORIZATION_FAILED, null);
    }
    if (key.partition() < 0 || key.partition() >= topic.partitions()) {
      return refused(wanted, Errors.UNKNOWN_TOPIC_OR_PARTITION, null);
    }
    LivePartition partition = topic.partition(key.partition());
    Errors error = EpochCheck.checkEpoch(partition, wanted.leaderEpoch());
    if (error != Errors.NONE) {
      return refused(wanted, error, partition);
    }
    if (partition.group().leadership().here()) {
      return read(broker, wanted, partition, room, look);
    }
    if (!look.replicas().mayFollow(partition)) {
      return refused(wanted, Errors.NOT_LEADER_OR_FOLLOWER, partition);
    }
    // What the leader says is committed may not have come here yet: the client waits for it, and
    // goes back to the leader if it does not come.
    if (wanted.offset() > partition.highWatermark() && !look.last()) {
      return new PartitionRead(wanted, answer(wanted, partition), partition, null);
    }
    PartitionRead read = read(broker, wanted, partition, room, look);
    read.follows = true;
    return read;
  }

  /** Without records. */
  private static PartitionData answer(Wanted wanted, LivePartition partition) {
    // In this order: what is stable is never above what is committed.
    long lastStable = partition.lastStableOffset();
    return new PartitionData()
        .setPartitionIndex(wanted.key().partition())
        .setHighWatermark(partition.highWatermark())
        .setLastStableOffset(lastStable)
        .setLogStartOffset(partition.logStart())
        .setRecords(SlicedRecords.NONE);
  }

  private static PartitionRead read(
      BrokerApi broker, Wanted wanted, LivePartition partition, Room room, Look look) {
    Isolation isolation = look.isolation();
    PartitionData answer = answer(wanted, partition);
    long highWatermark = answer.highWatermark();
    long end = isolation == Isolation.READ_COMMITTED ? answer.lastStableOffset() : highWatermark;
    if (wanted.offset() < answer.logStartOffset() || wanted.offset() > highWatermark) {
      return refused(wanted, Errors.OFFSET_OUT_OF_RANGE, partition);
    }
    OptionalInt elsewhere =
        partition.group().leadership().here()
            ? look.replicas().inRack(partition)
            : OptionalInt.empty();
    if (elsewhere.isPresent()) {
      answer.setPreferredReadReplica(elsewhere.getAsInt());
      return new PartitionRead(wanted, answer, partition, null);
    }
    int bytes = Math.min(wanted.maxBytes(), room.bytes());
    if (wanted.offset() >= end || (bytes <= 0 && !room.atLeastOneBatch())) {
      return new PartitionRead(wanted, answer, partition, null);
    }
    try {
      Journal.Slice slice =
          broker.batches().read(partition, wanted.offset(), end, Math.max(1, bytes));
      if (slice == null) {
        // Released meanwhile: the next look finds the start of the log moved.
        return new PartitionRead(wanted, answer, partition, null);
      }
      if (slice.sizeBytes() > bytes && !room.atLeastOneBatch()) {
        slice.close();
        return new PartitionRead(wanted, answer, partition, null);
      }
      answer.setRecords(new SlicedRecords(slice.batches(), slice.sizeBytes()));
      if (isolation == Isolation.READ_COMMITTED) {
        answer.setAbortedTransactions(
            AbortedRanges.of(partition, wanted.offset(), slice.nextOffset()));
      }
      return new PartitionRead(wanted, answer, partition, slice);
    } catch (CorruptEntryException damaged) {
      return refused(wanted, Errors.CORRUPT_MESSAGE, partition);
    }
  }

  private static PartitionRead refused(
      Wanted wanted, Errors error, @Nullable LivePartition partition) {
    PartitionData answer =
        FetchResponse.partitionResponse(wanted.key().partition(), error)
            .setRecords(SlicedRecords.NONE);
    return new PartitionRead(wanted, answer, partition, null);
  }

  Wanted wanted() {
    return wanted;
  }

  PartitionData answer() {
    return answer;
  }

  @Nullable LivePartition partition() {
    return partition;
  }

  boolean failed() {
    return answer.errorCode() != Errors.NONE.code();
  }

  /** Whether the client is to ask another broker. */
  boolean isRedirected() {
    return FetchResponse.isPreferredReplica(answer);
  }

  /** Whether this broker does not lead the partition. */
  boolean isFromFollower() {
    return follows;
  }

  int sizeBytes() {
    return slice == null ? 0 : slice.sizeBytes();
  }

  /** Whether there may be more to read than there was. */
  boolean isOutdated() {
    return partition != null
        && !failed()
        && (partition.highWatermark() != answer.highWatermark()
            || partition.lastStableOffset() != answer.lastStableOffset()
            || partition.deleted());
  }

  void close() {
    if (slice != null) {
      slice.close();
    }
  }
}
