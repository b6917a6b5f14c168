package dev.leat.broker.replication;

import java.util.ArrayDeque;

/** Batches of one producer in one partition that are appended and not committed yet. */
final class ProducerTail {
  private short epoch;
  private int lastSequence;
  private final ArrayDeque<Pending> pending = new ArrayDeque<>(4);

  private record Pending(short epoch, int firstSequence, int lastSequence, long offset) {}

  short epoch() {
    return epoch;
  }

  int lastSequence() {
    return lastSequence;
  }

  boolean isEmpty() {
    return pending.isEmpty();
  }

  void add(short producerEpoch, int first, int last, long offset) {
    epoch = producerEpoch;
    lastSequence = last;
    pending.add(new Pending(producerEpoch, first, last, offset));
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
