package dev.leat.client.internal.queue;

import dev.leat.client.AcknowledgeType;
import dev.leat.client.ConsumerRecord;
import dev.leat.client.QueueRecord;
import dev.leat.client.TopicPartition;
import dev.leat.v1.AcknowledgeRecords;
import dev.leat.v1.Acknowledgement;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The records that are locked for a member, where each came from, and what is to be said of them.
 * Guarded by its owner.
 */
final class LockedRecords {
  private final Map<Key, Lock> locked = new HashMap<>();
  private final Map<QueueStream, AcknowledgeRecords.Builder> unsent = new HashMap<>();

  private record Key(TopicPartition partition, long offset) {
    static Key of(ConsumerRecord record) {
      return new Key(record.topicPartition(), record.offset());
    }
  }

  private record Lock(QueueStream stream, long untilNanos) {}

  void add(QueueRecord record, QueueStream stream, long untilNanos) {
    locked.put(Key.of(record.record()), new Lock(stream, untilNanos));
  }

  /** Notes what became of a record; false if it is not locked any more. */
  boolean acknowledge(QueueRecord record, AcknowledgeType type) {
    Key key = Key.of(record.record());
    Lock lock = type == AcknowledgeType.RENEW ? locked.get(key) : locked.remove(key);
    if (lock == null) {
      return false;
    }
    AcknowledgeRecords.Builder all =
        unsent.computeIfAbsent(lock.stream(), stream -> AcknowledgeRecords.newBuilder());
    Acknowledgement.Builder last = last(all);
    if (last != null
        && last.getType() == type(type)
        && last.getTopic().equals(key.partition().topic())
        && last.getPartition() == key.partition().partition()
        && last.getLastOffset() == key.offset() - 1) {
      last.setLastOffset(key.offset());
    } else {
      all.addAcknowledgements(
          Acknowledgement.newBuilder()
              .setTopic(key.partition().topic())
              .setPartition(key.partition().partition())
              .setFirstOffset(key.offset())
              .setLastOffset(key.offset())
              .setType(type(type)));
    }
    return true;
  }

  private static Acknowledgement.@Nullable Builder last(AcknowledgeRecords.Builder all) {
    int count = all.getAcknowledgementsCount();
    return count == 0 ? null : all.getAcknowledgementsBuilder(count - 1);
  }

  private static dev.leat.v1.AcknowledgeType type(AcknowledgeType type) {
    return switch (type) {
      case ACCEPT -> dev.leat.v1.AcknowledgeType.ACKNOWLEDGE_TYPE_UNSPECIFIED;
      case RELEASE -> dev.leat.v1.AcknowledgeType.ACKNOWLEDGE_TYPE_RELEASE;
      case REJECT -> dev.leat.v1.AcknowledgeType.ACKNOWLEDGE_TYPE_REJECT;
      case RENEW -> dev.leat.v1.AcknowledgeType.ACKNOWLEDGE_TYPE_RENEW;
    };
  }

  /** Takes what is to be sent, by stream. */
  Map<QueueStream, AcknowledgeRecords.Builder> takeUnsent() {
    Map<QueueStream, AcknowledgeRecords.Builder> taken = new HashMap<>(unsent);
    unsent.clear();
    return taken;
  }

  /** Their locks have ended: others may have them. */
  void forgetOlderThan(long nowNanos) {
    locked.values().removeIf(lock -> lock.untilNanos() - nowNanos <= 0);
  }

  /** The stream has ended, and with it its locks. */
  void forget(QueueStream stream) {
    locked.values().removeIf(lock -> lock.stream() == stream);
    unsent.remove(stream);
  }
}
