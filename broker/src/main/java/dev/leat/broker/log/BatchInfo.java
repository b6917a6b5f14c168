package dev.leat.broker.log;

/**
 * What the log needs to know of one record batch (magic 2) that is to be appended; the batch itself
 * stays opaque.
 *
 * @param sizeBytes length of the whole batch
 * @param lastOffsetDelta offset of the last record less that of the first; a batch holds one record
 *     more
 * @param maxTimestamp largest record timestamp, ms; -1 where there is none
 * @param producerId id of an idempotent producer, or {@link #NO_PRODUCER}
 * @param producerEpoch its epoch
 * @param baseSequence as in {@link ProducerSpan}
 * @param flags as in {@link ProducerSpan}
 */
public record BatchInfo(
    int sizeBytes,
    int lastOffsetDelta,
    long maxTimestamp,
    long producerId,
    short producerEpoch,
    int baseSequence,
    byte flags) {
  /** Producer id of a batch without one. */
  public static final long NO_PRODUCER = -1;

  /** A batch of a producer that is not idempotent. */
  public static BatchInfo plain(int sizeBytes, int lastOffsetDelta, long maxTimestamp) {
    return new BatchInfo(
        sizeBytes, lastOffsetDelta, maxTimestamp, NO_PRODUCER, (short) -1, -1, (byte) 0);
  }

  /** Whether it comes from an idempotent producer. */
  public boolean hasProducer() {
    return producerId >= 0;
  }

  /** What producer state is to know of it, that many offsets behind the begin of its entry. */
  public ProducerSpan span(int offsetDelta) {
    return new ProducerSpan(producerId, producerEpoch, baseSequence, count(), offsetDelta, flags);
  }

  /** Whether it belongs to a transaction. */
  public boolean isTransactional() {
    return (flags & ProducerSpan.TRANSACTIONAL) != 0;
  }

  /** Whether it is a transaction marker. */
  public boolean isMarker() {
    return (flags & ProducerSpan.CONTROL) != 0;
  }

  /** Number of records. */
  public int count() {
    return lastOffsetDelta + 1;
  }

  /** Sequence of the last record; sequences wrap from 2^31 - 1 to 0. */
  public int lastSequence() {
    return (baseSequence + lastOffsetDelta) & Integer.MAX_VALUE;
  }
}
