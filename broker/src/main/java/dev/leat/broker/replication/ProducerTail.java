package dev.leat.broker.replication;

import dev.leat.broker.log.ProducerSpan;
import dev.leat.broker.log.group.ProducerState;
import dev.leat.broker.log.group.Transaction;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Batches of one producer in one partition that are appended and not committed yet, and what the
 * partition will know of the producer when they are.
 */
final class ProducerTail {
  private static final int NONE = -1;

  private short epoch;
  private int lastSequence = NONE;
  private Transaction transaction = Transaction.NONE;
  private final ArrayDeque<Pending> pending = new ArrayDeque<>(4);

  private record Pending(short epoch, int firstSequence, int lastSequence, long offset) {}

  ProducerTail(@Nullable ProducerState committed) {
    epoch = NONE;
    if (committed != null) {
      epoch = committed.epoch();
      lastSequence = committed.lastSequence();
      transaction = committed.transaction();
    }
  }

  short epoch() {
    return epoch;
  }

  int lastSequence() {
    return lastSequence;
  }

  Transaction transaction() {
    return transaction;
  }

  boolean isEmpty() {
    return pending.isEmpty();
  }

  void add(ProducerSpan span, long offset) {
    if (span.producerEpoch() != epoch) {
      epoch = span.producerEpoch();
      lastSequence = NONE;
    }
    transaction = transaction.after(span.flags(), span.baseSequence(), offset);
    if (span.isMarker()) {
      pending.add(new Pending(epoch, NONE, NONE, offset));
    } else {
      lastSequence = span.lastSequence();
      pending.add(new Pending(epoch, span.baseSequence(), lastSequence, offset));
    }
  }

  /** Base offset of the batch with exactly these sequences, -1 if there is none. */
  long offsetOf(short producerEpoch, int first, int last) {
    for (Pending batch : pending) {
      if (batch.firstSequence == first
          && batch.lastSequence == last
          && batch.epoch == producerEpoch) {
        return batch.offset;
      }
    }
    return -1;
  }

  void removeFirst() {
    pending.remove();
  }
}
