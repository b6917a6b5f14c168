package dev.leat.kafka.transaction;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.types.RawTaggedField;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRecord;
import org.apache.kafka.coordinator.transaction.TransactionState;
import org.apache.kafka.coordinator.transaction.generated.TransactionLogKey;
import org.apache.kafka.coordinator.transaction.generated.TransactionLogValue;
import org.apache.kafka.coordinator.transaction.generated.TransactionLogValue.PartitionsSchema;
import org.apache.kafka.server.common.ApiMessageAndVersion;
import org.apache.kafka.server.common.TransactionVersion;

/**
 * Transactions as records of {@code __transaction_state}, in Kafka's format. One field is added, as
 * the format allows: the epoch before the last change, which Kafka forgets at a change of
 * coordinator, so that a repeated InitProducerId would be fenced.
 */
final class TransactionRecords {
  private static final short VALUE_VERSION = 1;

  /** Tag of our field; Kafka's go up one by one. */
  private static final int LAST_EPOCH_TAG = 10_000;

  private TransactionRecords() {}

  static CoordinatorRecord record(Transaction transaction) {
    return CoordinatorRecord.record(
        key(transaction.id()), new ApiMessageAndVersion(value(transaction), VALUE_VERSION));
  }

  /** The id is not used any more. */
  static CoordinatorRecord tombstone(String transactionalId) {
    return CoordinatorRecord.tombstone(key(transactionalId));
  }

  private static TransactionLogKey key(String transactionalId) {
    return new TransactionLogKey().setTransactionalId(transactionalId);
  }

  private static TransactionLogValue value(Transaction transaction) {
    TransactionLogValue value =
        new TransactionLogValue()
            .setProducerId(transaction.producerId())
            .setPreviousProducerId(transaction.previousProducerId())
            .setNextProducerId(transaction.nextProducerId())
            .setProducerEpoch(transaction.epoch())
            .setTransactionTimeoutMs(transaction.timeoutMs())
            .setTransactionStatus(transaction.state().id())
            .setTransactionPartitions(partitions(transaction.partitions()))
            .setTransactionStartTimestampMs(transaction.startedMs())
            .setTransactionLastUpdateTimestampMs(transaction.changedMs())
            .setClientTransactionVersion(transaction.version().featureLevel());
    if (transaction.lastEpoch() != RecordBatch.NO_PRODUCER_EPOCH) {
      byte[] lastEpoch = ByteBuffer.allocate(2).putShort(transaction.lastEpoch()).array();
      value.unknownTaggedFields().add(new RawTaggedField(LAST_EPOCH_TAG, lastEpoch));
    }
    return value;
  }

  private static List<PartitionsSchema> partitions(Set<TopicPartition> partitions) {
    Map<String, PartitionsSchema> byTopic = new TreeMap<>();
    for (TopicPartition partition : partitions) {
      byTopic
          .computeIfAbsent(
              partition.topic(),
              topic -> new PartitionsSchema().setTopic(topic).setPartitionIds(new ArrayList<>()))
          .partitionIds()
          .add(partition.partition());
    }
    return List.copyOf(byTopic.values());
  }

  static Transaction read(String id, TransactionLogValue value) {
    Set<TopicPartition> partitions = new HashSet<>();
    if (value.transactionPartitions() != null) {
      for (PartitionsSchema topic : value.transactionPartitions()) {
        for (int partition : topic.partitionIds()) {
          partitions.add(new TopicPartition(topic.topic(), partition));
        }
      }
    }
    return new Transaction(
        id,
        value.producerId(),
        value.previousProducerId(),
        value.nextProducerId(),
        value.producerEpoch(),
        lastEpoch(value),
        value.transactionTimeoutMs(),
        TransactionState.fromId(value.transactionStatus()),
        partitions,
        value.transactionStartTimestampMs(),
        value.transactionLastUpdateTimestampMs(),
        TransactionVersion.fromFeatureLevel(value.clientTransactionVersion()));
  }

  private static short lastEpoch(TransactionLogValue value) {
    for (RawTaggedField field : value.unknownTaggedFields()) {
      if (field.tag() == LAST_EPOCH_TAG) {
        return ByteBuffer.wrap(field.data()).getShort();
      }
    }
    return RecordBatch.NO_PRODUCER_EPOCH;
  }
}
