package dev.leat.kafka.coordinator.nativeapi;

import dev.leat.broker.runtime.groups.GroupCoordination.Identity;
import dev.leat.broker.runtime.groups.GroupCoordination.MemberEpoch;
import dev.leat.broker.runtime.groups.GroupCoordination.Offset;
import dev.leat.broker.runtime.groups.GroupCoordination.Slot;
import dev.leat.broker.runtime.transactions.TransactionCoordination;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.RequestContext;

/** Commits that are part of a transaction, in Kafka's form. */
final class TransactionalCommits {
  /**
   * The last one by topic names; like later ones it adds the group to the transaction by itself.
   */
  private static final short BY_NAME = 5;

  private TransactionalCommits() {}

  static RequestContext context() {
    return NativeGroups.context(ApiKeys.TXN_OFFSET_COMMIT, BY_NAME, new Identity("", "leat", ""));
  }

  static TxnOffsetCommitRequestData request(
      String group, MemberEpoch member, TransactionCoordination.Producer transaction) {
    return new TxnOffsetCommitRequestData()
        .setGroupId(group)
        .setMemberId(member.id())
        .setGenerationIdOrMemberEpoch(member.epoch())
        .setTransactionalId(transaction.transactionalId())
        .setProducerId(transaction.producerId())
        .setProducerEpoch(transaction.epoch());
  }

  static List<TxnOffsetCommitRequestTopic> topics(Map<Slot, Offset> offsets) {
    return offsets.entrySet().stream()
        .collect(Collectors.groupingBy(entry -> entry.getKey().topic()))
        .entrySet()
        .stream()
        .map(
            topic ->
                new TxnOffsetCommitRequestTopic()
                    .setName(topic.getKey())
                    .setPartitions(
                        topic.getValue().stream().map(TransactionalCommits::partition).toList()))
        .toList();
  }

  private static TxnOffsetCommitRequestPartition partition(Map.Entry<Slot, Offset> entry) {
    return new TxnOffsetCommitRequestPartition()
        .setPartitionIndex(entry.getKey().partition())
        .setCommittedOffset(entry.getValue().offset())
        .setCommittedMetadata(entry.getValue().metadata());
  }

  static List<Commits.Outcome> outcomes(TxnOffsetCommitResponseData data) {
    return data.topics().stream()
        .flatMap(
            topic ->
                topic.partitions().stream()
                    .map(
                        partition ->
                            Commits.outcome(
                                topic.name(), partition.partitionIndex(), partition.errorCode())))
        .toList();
  }
}
