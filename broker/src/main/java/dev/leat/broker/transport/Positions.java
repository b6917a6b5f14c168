package dev.leat.broker.transport;

import dev.leat.broker.log.CorruptEntryException;
import dev.leat.broker.runtime.Authorizer;
import dev.leat.broker.runtime.Isolation;
import dev.leat.broker.runtime.LivePartition;
import dev.leat.broker.runtime.OffsetFinder;
import dev.leat.broker.runtime.Principal;
import dev.leat.broker.runtime.RequestError;
import dev.leat.broker.runtime.TopicDirectory;
import dev.leat.v1.FetchPartition;
import dev.leat.v1.NamedOffset;
import dev.leat.v1.OffsetSpec;
import java.util.Optional;

/**
 * Finds the partitions and offsets that a client names. May read from disk: runs on the readers'
 * executor.
 */
final class Positions {
  private final TopicDirectory topics;
  private final OffsetFinder finder;
  private final Authorizer authorizer;

  Positions(TopicDirectory topics, OffsetFinder finder, Authorizer authorizer) {
    this.topics = topics;
    this.finder = finder;
    this.authorizer = authorizer;
  }

  /** A partition and a place in it, or why there is none. */
  sealed interface Position {
    /**
     * Found.
     *
     * @param timestampMs time of the record, with a search by time that found one; else -1
     */
    record At(LivePartition partition, long offset, long timestampMs) implements Position {}

    /** Not found. */
    record Refused(RequestError error) implements Position {}
  }

  Position resolve(Principal principal, FetchPartition wanted, Isolation isolation) {
    String name = wanted.getTopic();
    TopicDirectory.Topic topic = topics.find(name);
    if (topic == null) {
      return new Position.Refused(RequestError.unknownTopic(name));
    }
    if (!authorizer.allows(principal, Authorizer.Operation.READ, name)) {
      return new Position.Refused(
          RequestError.notAuthorized(principal, Authorizer.Operation.READ, name));
    }
    int index = wanted.getPartition();
    if (index < 0 || index >= topic.partitions()) {
      return new Position.Refused(RequestError.unknownPartition(name, index, topic.partitions()));
    }
    LivePartition partition = topic.partition(index);
    if (!partition.isLedHere()) {
      return new Position.Refused(RequestError.notLeader(partition));
    }
    return locate(partition, wanted.getStart(), isolation);
  }

  private Position locate(LivePartition partition, OffsetSpec spec, Isolation isolation) {
    return switch (spec.getAtCase()) {
      case OFFSET -> atOffset(partition, spec.getOffset());
      case TIMESTAMP -> atTime(partition, spec.getTimestamp(), isolation);
      case NAMED, AT_NOT_SET ->
          spec.getNamed() == NamedOffset.NAMED_OFFSET_EARLIEST
              ? new Position.At(partition, partition.logStart(), -1)
              : new Position.At(partition, partition.readableEnd(isolation), -1);
    };
  }

  private static Position atOffset(LivePartition partition, long offset) {
    boolean stored = offset >= partition.logStart() && offset <= partition.highWatermark();
    return stored
        ? new Position.At(partition, offset, -1)
        : new Position.Refused(RequestError.offsetOutOfRange(partition, offset));
  }

  private Position atTime(LivePartition partition, long timestampMs, Isolation isolation) {
    try {
      long end = partition.readableEnd(isolation);
      Optional<OffsetFinder.Found> found =
          finder.firstAt(partition, timestampMs).filter(record -> record.offset() < end);
      return found
          .map(record -> new Position.At(partition, record.offset(), record.timestampMs()))
          .orElseGet(() -> new Position.At(partition, end, -1));
    } catch (CorruptEntryException damaged) {
      return new Position.Refused(
          RequestError.of(RequestError.Code.CORRUPT_STORAGE, String.valueOf(damaged.getMessage())));
    }
  }
}
