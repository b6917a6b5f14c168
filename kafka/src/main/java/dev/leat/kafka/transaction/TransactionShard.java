package dev.leat.kafka.transaction;

import dev.leat.kafka.coordinator.TransactionVerifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.coordinator.common.runtime.CoordinatorMetadataImage;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRecord;
import org.apache.kafka.coordinator.common.runtime.CoordinatorResult;
import org.apache.kafka.coordinator.common.runtime.CoordinatorShard;
import org.apache.kafka.coordinator.transaction.generated.TransactionLogKey;
import org.apache.kafka.coordinator.transaction.generated.TransactionLogValue;
import org.apache.kafka.server.common.TransactionVersion;
import org.apache.kafka.timeline.SnapshotRegistry;
import org.apache.kafka.timeline.TimelineHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The transactional ids of one partition of {@code __transaction_state}: decides what becomes of
 * them, with Kafka's errors. Deterministic: time and new producer ids come as arguments. Belongs to
 * the runtime's thread of its partition.
 */
final class TransactionShard implements CoordinatorShard<CoordinatorRecord> {
  /** Transactions that are changed in one go by time: keeps a batch well below its limit. */
  private static final int MAX_CHANGED = 500;

  private final TimelineHashMap<String, Transaction> transactions;
  private final Consumer<List<Transaction>> onLoaded;

  /**
   * Empty.
   *
   * @param onLoaded gets the decided transactions that were found in the log
   */
  TransactionShard(SnapshotRegistry snapshots, Consumer<List<Transaction>> onLoaded) {
    this.transactions = new TimelineHashMap<>(snapshots, 0);
    this.onLoaded = onLoaded;
  }

  @Override
  public void replay(long offset, long producerId, short epoch, CoordinatorRecord record) {
    String id = ((TransactionLogKey) record.key()).transactionalId();
    if (record.value() == null) {
      transactions.remove(id);
    } else {
      transactions.put(
          id, TransactionRecords.read(id, (TransactionLogValue) record.value().message()));
    }
  }

  @Override
  public void onLoaded(CoordinatorMetadataImage image) {
    onLoaded.accept(transactions.values().stream().filter(Transaction::isPrepared).toList());
  }

  /** A producer begins, or goes on after an error. */
  CoordinatorResult<Reply, CoordinatorRecord> initProducerId(
      InitProducer wanted, long newProducerId, long nowMs) {
    Transaction present = transactions.get(wanted.transactionalId());
    if (present == null) {
      present =
          Transaction.unused(wanted.transactionalId(), newProducerId, wanted.timeoutMs(), nowMs);
    }
    if (present.isPrepared()) {
      return refused(Errors.CONCURRENT_TRANSACTIONS);
    }
    if (wanted.isContinuation() && !present.belongsTo(wanted.producerId(), wanted.epoch())) {
      return refused(Errors.PRODUCER_FENCED);
    }
    return switch (present.state()) {
      // The client asks again and gets the next epoch when the abort is complete.
      case ONGOING ->
          decided(
              present.abortedWithoutProducer(nowMs), Reply.failed(Errors.CONCURRENT_TRANSACTIONS));
      case COMPLETE_ABORT, COMPLETE_COMMIT, EMPTY -> begin(present, wanted, newProducerId, nowMs);
      case PREPARE_ABORT, PREPARE_COMMIT, DEAD, PREPARE_EPOCH_FENCE ->
          throw new IllegalStateException("a state that was ruled out before: " + present);
    };
  }

  private static CoordinatorResult<Reply, CoordinatorRecord> begin(
      Transaction present, InitProducer wanted, long newProducerId, long nowMs) {
    boolean ownsEpoch = !wanted.isContinuation() || wanted.epoch() == present.epoch();
    try {
      Transaction begun =
          present.isEpochExhausted() && ownsEpoch
              ? present.begunAs(newProducerId, wanted.timeoutMs(), wanted.isContinuation(), nowMs)
              : present.begun(wanted.timeoutMs(), wanted.expectedEpoch(), nowMs);
      return changed(begun, Reply.producer(begun.producerId(), begun.epoch()));
    } catch (ProducerFencedException fenced) {
      return refused(Errors.PRODUCER_FENCED);
    }
  }

  /** Partitions join the transaction; the first ones open it. */
  CoordinatorResult<Reply, CoordinatorRecord> addPartitions(
      TransactionVerifier.Producer producer,
      Set<TopicPartition> partitions,
      TransactionVersion client,
      long nowMs) {
    Transaction present = transactions.get(producer.transactionalId());
    Errors error = check(producer, present);
    if (error != Errors.NONE || present == null) {
      return refused(error);
    }
    if (present.isOngoing() && present.partitions().containsAll(partitions)) {
      return refused(Errors.NONE);
    }
    return changed(present.with(partitions, nowMs, client), Reply.OK);
  }

  private static Errors check(
      TransactionVerifier.Producer producer, @Nullable Transaction present) {
    if (present != null && present.isPrepared()) {
      return Errors.CONCURRENT_TRANSACTIONS;
    }
    if (present == null || present.producerId() != producer.producerId()) {
      return Errors.INVALID_PRODUCER_ID_MAPPING;
    }
    return present.epoch() == producer.epoch() ? Errors.NONE : Errors.PRODUCER_FENCED;
  }

  /** Whether partitions are part of the open transaction, as of a committed offset. */
  Map<TopicPartition, Errors> verify(
      TransactionVerifier.Producer producer, Set<TopicPartition> partitions, long committedOffset) {
    Transaction present = transactions.get(producer.transactionalId(), committedOffset);
    Errors error = check(producer, present);
    Map<TopicPartition, Errors> answers = new HashMap<>();
    for (TopicPartition partition : partitions) {
      boolean part = present != null && present.partitions().contains(partition);
      answers.put(partition, error == Errors.NONE && !part ? Errors.TRANSACTION_ABORTABLE : error);
    }
    return answers;
  }

  /** The producer commits or aborts. */
  CoordinatorResult<Reply, CoordinatorRecord> end(
      TransactionVerifier.Producer producer,
      boolean commit,
      TransactionVersion client,
      long newProducerId,
      long nowMs) {
    Transaction present = transactions.get(producer.transactionalId());
    if (present == null) {
      return refused(Errors.INVALID_PRODUCER_ID_MAPPING);
    }
    EndRules rules = new EndRules(present, producer, commit, client);
    return switch (rules.verdict()) {
      case EndRules.Verdict.Refuse(Errors error) -> refused(error);
      case EndRules.Verdict.Repeated repeated ->
          new CoordinatorResult<>(List.of(), Reply.producer(present.producerId(), present.epoch()));
      case EndRules.Verdict.Decide(boolean nothingAdded) -> {
        boolean rotates = client.supportsEpochBump() && present.isEpochExhausted();
        long next = rotates ? newProducerId : RecordBatch.NO_PRODUCER_ID;
        Transaction decided = present.decided(commit, client, next, nowMs, nothingAdded);
        yield decided(
            decided,
            rotates
                ? Reply.producer(next, (short) 0)
                : Reply.producer(decided.producerId(), decided.epoch()));
      }
    };
  }

  /** Every partition has its marker. Does nothing if that is known already. */
  CoordinatorResult<Void, CoordinatorRecord> complete(Transaction decided, long nowMs) {
    Transaction present = transactions.get(decided.id());
    if (present == null
        || !present.isPrepared()
        || present.producerId() != decided.producerId()
        || present.epoch() != decided.epoch()) {
      return new CoordinatorResult<>(List.of());
    }
    return new CoordinatorResult<>(List.of(TransactionRecords.record(present.completed(nowMs))));
  }

  /** Aborts transactions that were open for too long; the answer is what has been decided. */
  CoordinatorResult<List<Transaction>, CoordinatorRecord> abortTimedOut(long nowMs) {
    List<CoordinatorRecord> records = new ArrayList<>();
    List<Transaction> aborted = new ArrayList<>();
    for (Transaction late : some(transaction -> transaction.isTimedOut(nowMs))) {
      Transaction decided = late.abortedWithoutProducer(nowMs);
      records.add(TransactionRecords.record(decided));
      aborted.add(decided);
    }
    return new CoordinatorResult<>(records, aborted, null, true, false);
  }

  /** Forgets ids that nobody has used since {@code beforeMs}. */
  CoordinatorResult<Void, CoordinatorRecord> expire(long beforeMs) {
    List<CoordinatorRecord> records =
        some(transaction -> transaction.isIdleSince(beforeMs)).stream()
            .map(transaction -> TransactionRecords.tombstone(transaction.id()))
            .toList();
    return new CoordinatorResult<>(records, null, null, true, false);
  }

  private List<Transaction> some(Predicate<Transaction> wanted) {
    return transactions.values().stream().filter(wanted).limit(MAX_CHANGED).toList();
  }

  /** A transactional id as of a committed offset. */
  Optional<Transaction> find(String transactionalId, long committedOffset) {
    return Optional.ofNullable(transactions.get(transactionalId, committedOffset));
  }

  /** All transactional ids as of a committed offset. */
  Collection<Transaction> all(long committedOffset) {
    return List.copyOf(transactions.values(committedOffset));
  }

  private static CoordinatorResult<Reply, CoordinatorRecord> refused(Errors error) {
    return new CoordinatorResult<>(List.of(), Reply.failed(error));
  }

  private static CoordinatorResult<Reply, CoordinatorRecord> changed(
      Transaction transaction, Reply reply) {
    return new CoordinatorResult<>(List.of(TransactionRecords.record(transaction)), reply);
  }

  private static CoordinatorResult<Reply, CoordinatorRecord> decided(
      Transaction transaction, Reply reply) {
    return changed(
        transaction, new Reply(reply.error(), reply.producerId(), reply.epoch(), transaction));
  }
}
