package dev.leat.broker.replication;

import dev.leat.broker.log.AppendOrigin;
import dev.leat.broker.log.BatchInfo;
import dev.leat.broker.log.group.ProducerState;
import dev.leat.broker.log.group.Transaction;
import org.jspecify.annotations.Nullable;

/**
 * What a leader lets one producer append to a partition: epochs, sequences and transactions, with
 * the semantics of Kafka's ProducerAppendInfo.
 *
 * @param tail what is not committed yet, null if nothing
 * @param state what is committed, null if nothing
 * @param full whether no other transaction may begin in the partition
 */
record ProducerRules(@Nullable ProducerTail tail, @Nullable ProducerState state, boolean full) {

  Admission admit(AppendPart part) {
    return switch (part.origin()) {
      case AppendOrigin.Producer(long verifiedFrom) -> admitRecords(part, verifiedFrom, true);
      case AppendOrigin.Coordinator(long verifiedFrom) -> admitRecords(part, verifiedFrom, false);
      case AppendOrigin.Marker marker -> admitMarker(part.infos().getFirst(), marker);
    };
  }

  private boolean isKnown() {
    return tail != null || state != null;
  }

  private short epoch() {
    return tail != null ? tail.epoch() : state != null ? state.epoch() : -1;
  }

  private int lastSequence() {
    return tail != null ? tail.lastSequence() : state != null ? state.lastSequence() : -1;
  }

  private Transaction transaction() {
    return tail != null
        ? tail.transaction()
        : state != null ? state.transaction() : Transaction.NONE;
  }

  private Admission admitRecords(AppendPart part, long verifiedFrom, boolean inSequence) {
    BatchInfo first = part.infos().getFirst();
    if (first.producerEpoch() < epoch()) {
      return fenced(first);
    }
    int duplicates = inSequence ? duplicates(part) : 0;
    if (duplicates == part.infos().size()) {
      return Admission.of(duplicates, offsetOf(first));
    }
    Admission transaction = checkTransaction(first, verifiedFrom);
    if (transaction.isRefused()) {
      return transaction;
    }
    Admission order = inSequence ? checkOrder(part, duplicates) : Admission.ALL_NEW;
    return order.isRefused() || duplicates == 0 ? order : Admission.of(duplicates, offsetOf(first));
  }

  private Admission fenced(BatchInfo batch) {
    return Admission.refuse(
        Refusal.PRODUCER_FENCED, "producer %d has epoch %d by now", batch.producerId(), epoch());
  }

  /** So many of the first batches are in the log already. */
  private int duplicates(AppendPart part) {
    int duplicates = 0;
    while (duplicates < part.infos().size() && offsetOf(part.infos().get(duplicates)) >= 0) {
      duplicates++;
    }
    return duplicates;
  }

  private long offsetOf(BatchInfo batch) {
    if (!isKnown() || batch.producerEpoch() != epoch()) {
      return -1;
    }
    long offset =
        tail == null
            ? -1
            : tail.offsetOf(batch.producerEpoch(), batch.baseSequence(), batch.lastSequence());
    if (offset < 0 && state != null && state.epoch() == batch.producerEpoch()) {
      offset = state.offsetOf(batch.baseSequence(), batch.lastSequence());
    }
    return offset;
  }

  /** Records go into an open transaction, or begin one that the coordinator knows of. */
  private Admission checkTransaction(BatchInfo first, long verifiedFrom) {
    Transaction transaction = transaction();
    if (!first.isTransactional()) {
      return transaction.isOpen()
          ? Admission.refuse(
              Refusal.INVALID_TXN_STATE,
              "producer %d has a transaction open and sends records outside of it",
              first.producerId())
          : Admission.ALL_NEW;
    }
    if (transaction.isOpen() && first.producerEpoch() == epoch()) {
      return Admission.ALL_NEW;
    }
    if (verifiedFrom <= transaction.markerOffset()) {
      return Admission.refuse(
          Refusal.INVALID_TXN_STATE,
          "the partition is not part of an open transaction of producer %d, epoch %d",
          first.producerId(),
          first.producerEpoch());
    }
    return full
        ? Admission.refuse(
            Refusal.THROTTLED,
            "too many transactions are open, or aborted and still readable, for that of producer"
                + " %d to begin: end some, or delete records",
            first.producerId())
        : Admission.ALL_NEW;
  }

  /** Batches from {@code from} on must follow each other, and the first of them the last one. */
  private Admission checkOrder(AppendPart part, int from) {
    BatchInfo first = part.infos().getFirst();
    int last = first.producerEpoch() == epoch() ? lastSequence() : -1;
    if (!isKnown() && first.baseSequence() != 0) {
      return Admission.refuse(
          Refusal.UNKNOWN_PRODUCER,
          "producer %d is not known here and begins at sequence %d",
          first.producerId(),
          first.baseSequence());
    }
    for (int i = from; i < part.infos().size(); i++) {
      BatchInfo batch = part.infos().get(i);
      if (batch.baseSequence() != ((last + 1) & Integer.MAX_VALUE)) {
        return Admission.refuse(
            Refusal.OUT_OF_ORDER_SEQUENCE,
            "sequence %d came where %d was expected",
            batch.baseSequence(),
            (last + 1) & Integer.MAX_VALUE);
      }
      last = batch.lastSequence();
    }
    return Admission.ALL_NEW;
  }

  /**
   * A marker of an older epoch, or of an older coordinator, is refused. One that bumps the epoch
   * may come again: the transaction is over then, and it changes nothing.
   */
  private Admission admitMarker(BatchInfo marker, AppendOrigin.Marker origin) {
    boolean ofSameEpoch = marker.producerEpoch() == epoch();
    boolean endsItself =
        origin.bumpsEpoch()
            && ofSameEpoch
            && transaction().isOpen()
            && marker.producerEpoch() != Short.MAX_VALUE;
    if (marker.producerEpoch() < epoch() || endsItself) {
      return fenced(marker);
    }
    if (marker.baseSequence() < transaction().coordinatorEpoch()) {
      return Admission.refuse(
          Refusal.COORDINATOR_FENCED,
          "a transaction coordinator of epoch %d has ended a transaction here, epoch %d is older",
          transaction().coordinatorEpoch(),
          marker.baseSequence());
    }
    return Admission.ALL_NEW;
  }
}
