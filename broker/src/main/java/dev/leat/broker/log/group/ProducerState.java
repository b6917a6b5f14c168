package dev.leat.broker.log.group;

import dev.leat.broker.log.ProducerSpan;

/**
 * What a partition knows of one idempotent producer: its epoch and its last batches, so that a
 * batch sent again gets the offset that it got first.
 *
 * <p>Semantics as Kafka's ProducerStateManager: five batches are kept, as many as a producer has in
 * flight at most. Of its transactions it is known where the open one begins and where the last one
 * ended.
 */
public final class ProducerState {
  /** Batches that are remembered for each producer. */
  public static final int MAX_BATCHES = 5;

  private final long id;
  private short epoch;
  private long clockMs;
  private Transaction transaction = Transaction.NONE;
  private int size;
  // Batch i: sequences in [2i] (first << 32 | last), base offset in [2i + 1]; oldest first.
  private final long[] batches = new long[2 * MAX_BATCHES];

  ProducerState(long id, short epoch, long clockMs) {
    this.id = id;
    this.epoch = epoch;
    this.clockMs = clockMs;
  }

  /** Id of the producer. */
  public long id() {
    return id;
  }

  /** Its newest epoch. */
  public short epoch() {
    return epoch;
  }

  /** Clock of the group when the producer was last heard of, ms since the Unix epoch. */
  public long clockMs() {
    return clockMs;
  }

  /** What is known of its transactions. */
  public Transaction transaction() {
    return transaction;
  }

  /** Number of remembered batches. */
  public int size() {
    return size;
  }

  /** Sequence of the last record, -1 if no batch of this epoch is remembered. */
  public int lastSequence() {
    return size == 0 ? -1 : (int) batches[2 * (size - 1)];
  }

  /** Base offset of the remembered batch with exactly these sequences, -1 if there is none. */
  public long offsetOf(int firstSequence, int lastSequence) {
    long key = key(firstSequence, lastSequence);
    for (int i = 0; i < size; i++) {
      if (batches[2 * i] == key) {
        return batches[2 * i + 1];
      }
    }
    return -1;
  }

  /** First sequence of remembered batch {@code index}. */
  int firstSequence(int index) {
    return (int) (batches[2 * index] >>> 32);
  }

  /** Last sequence of remembered batch {@code index}. */
  int lastSequence(int index) {
    return (int) batches[2 * index];
  }

  /** Base offset of remembered batch {@code index}. */
  long baseOffset(int index) {
    return batches[2 * index + 1];
  }

  void apply(ProducerSpan span, long baseOffset, long clockMs) {
    this.clockMs = clockMs;
    if (span.producerEpoch() != epoch) {
      epoch = span.producerEpoch();
      size = 0;
    }
    transaction = transaction.after(span.flags(), span.baseSequence(), baseOffset);
    if (!span.isMarker()) {
      remember(span.baseSequence(), span.lastSequence(), baseOffset);
    }
  }

  void restore(Transaction found) {
    transaction = found;
  }

  void remember(int firstSequence, int lastSequence, long baseOffset) {
    if (size == MAX_BATCHES) {
      System.arraycopy(batches, 2, batches, 0, 2 * (MAX_BATCHES - 1));
      size--;
    }
    batches[2 * size] = key(firstSequence, lastSequence);
    batches[2 * size + 1] = baseOffset;
    size++;
  }

  void seenAt(long clockMs) {
    this.clockMs = clockMs;
  }

  private static long key(int firstSequence, int lastSequence) {
    return (long) firstSequence << 32 | lastSequence;
  }
}
