package dev.leat.kafka.transaction;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.coordinator.transaction.TransactionMetadata;
import org.apache.kafka.coordinator.transaction.TransactionState;
import org.apache.kafka.coordinator.transaction.TxnTransitMetadata;
import org.apache.kafka.server.common.TransactionVersion;

/**
 * What is known of a transactional id: its producer, and its newest transaction. Immutable; Kafka's
 * own {@link TransactionMetadata} computes what follows, so that epochs go up exactly as clients
 * expect.
 *
 * @param id transactional id
 * @param producerId its producer id
 * @param previousProducerId the one before the last change
 * @param nextProducerId the one that follows when this transaction is complete, because the epochs
 *     of the present one are used up; else -1
 * @param epoch epoch of the producer, -1 before the first
 * @param lastEpoch epoch before the last change if its owner may repeat that change, else -1
 * @param timeoutMs an open transaction is aborted after so long
 * @param state what the newest transaction is doing
 * @param partitions partitions of the newest transaction that have no marker yet
 * @param startedMs when it began, ms since the Unix epoch
 * @param changedMs when this last changed, ms since the Unix epoch
 * @param version what its client knows of transactions
 */
record Transaction(
    String id,
    long producerId,
    long previousProducerId,
    long nextProducerId,
    short epoch,
    short lastEpoch,
    int timeoutMs,
    TransactionState state,
    Set<TopicPartition> partitions,
    long startedMs,
    long changedMs,
    TransactionVersion version) {

  Transaction {
    partitions = Set.copyOf(partitions);
  }

  /** A transactional id that nobody has used yet. */
  static Transaction unused(String id, long producerId, int timeoutMs, long nowMs) {
    return new Transaction(
        id,
        producerId,
        RecordBatch.NO_PRODUCER_ID,
        RecordBatch.NO_PRODUCER_ID,
        RecordBatch.NO_PRODUCER_EPOCH,
        RecordBatch.NO_PRODUCER_EPOCH,
        timeoutMs,
        TransactionState.EMPTY,
        Set.of(),
        -1,
        nowMs,
        TransactionVersion.TV_0);
  }

  /** Whether a transaction is open. */
  boolean isOngoing() {
    return state == TransactionState.ONGOING;
  }

  /** Whether the transaction is decided and has to be carried out. */
  boolean isPrepared() {
    return state == TransactionState.PREPARE_COMMIT || state == TransactionState.PREPARE_ABORT;
  }

  /** Whether the decision is to commit. */
  boolean commits() {
    return state == TransactionState.PREPARE_COMMIT;
  }

  boolean isEpochExhausted() {
    return TransactionMetadata.isEpochExhausted(epoch);
  }

  /** An open transaction that has taken longer than its producer asked for. */
  boolean isTimedOut(long nowMs) {
    return isOngoing() && startedMs + timeoutMs < nowMs;
  }

  /** Nothing is open, and nobody has used the id since {@code beforeMs}. */
  boolean isIdleSince(long beforeMs) {
    return state.isExpirationAllowed() && changedMs <= beforeMs;
  }

  /** Whether the given producer owns the id, or did so before its epochs were used up. */
  boolean belongsTo(long producer, short itsEpoch) {
    return epoch == RecordBatch.NO_PRODUCER_EPOCH
        || producer == producerId
        || (producer == previousProducerId && TransactionMetadata.isEpochExhausted(itsEpoch));
  }

  /**
   * For a producer that begins: the next epoch.
   *
   * @param expected epoch that it goes on from, if it is not a new one
   * @throws org.apache.kafka.common.errors.ProducerFencedException if another has begun since
   */
  Transaction begun(int newTimeoutMs, Optional<Short> expected, long nowMs) {
    return after(metadata().prepareIncrementProducerEpoch(newTimeoutMs, expected, nowMs));
  }

  /** For a producer that begins when the epochs are used up: another producer id. */
  Transaction begunAs(long newProducerId, int newTimeoutMs, boolean goesOn, long nowMs) {
    return after(metadata().prepareProducerIdRotation(newProducerId, newTimeoutMs, nowMs, goesOn));
  }

  Transaction with(Set<TopicPartition> added, long nowMs, TransactionVersion client) {
    return after(metadata().prepareAddPartitions(added, nowMs, client));
  }

  /**
   * Decided by its producer.
   *
   * @param next producer id to go on with, or -1
   * @param nothingAdded whether no partition was added to it
   */
  Transaction decided(
      boolean commit, TransactionVersion client, long next, long nowMs, boolean nothingAdded) {
    TransactionState decision =
        commit ? TransactionState.PREPARE_COMMIT : TransactionState.PREPARE_ABORT;
    return after(metadata().prepareAbortOrCommit(decision, client, next, nowMs, nothingAdded));
  }

  /** Aborted over the head of its producer, whose epoch is over by that. */
  Transaction abortedWithoutProducer(long nowMs) {
    TransactionMetadata metadata = metadata();
    short fenced = metadata.prepareFenceProducerEpoch().producerEpoch();
    metadata.pendingState(Optional.empty());
    metadata.setProducerEpoch(fenced);
    metadata.setLastProducerEpoch(RecordBatch.NO_PRODUCER_EPOCH);
    return after(
        metadata.prepareAbortOrCommit(
            TransactionState.PREPARE_ABORT, version, RecordBatch.NO_PRODUCER_ID, nowMs, false));
  }

  /** Every partition has its marker. */
  Transaction completed(long nowMs) {
    return after(metadata().prepareComplete(nowMs));
  }

  private TransactionMetadata metadata() {
    return new TransactionMetadata(
        id,
        producerId,
        previousProducerId,
        nextProducerId,
        epoch,
        lastEpoch,
        timeoutMs,
        state,
        new HashSet<>(partitions),
        startedMs,
        changedMs,
        version);
  }

  private Transaction after(TxnTransitMetadata next) {
    return new Transaction(
        id,
        next.producerId(),
        next.prevProducerId(),
        next.nextProducerId(),
        next.producerEpoch(),
        next.lastProducerEpoch(),
        next.txnTimeoutMs(),
        next.txnState(),
        next.topicPartitions(),
        next.txnStartTimestamp(),
        next.txnLastUpdateTimestamp(),
        next.clientTransactionVersion());
  }
}
