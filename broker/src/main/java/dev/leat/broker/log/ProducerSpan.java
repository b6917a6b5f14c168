package dev.leat.broker.log;

/**
 * One batch of an idempotent producer within an entry: what the producer state needs to know of it.
 * Transaction markers have one too, in the name of the producer whose transaction they end.
 *
 * @param producerId id of the producer, 63 bits
 * @param producerEpoch its epoch
 * @param baseSequence sequence of the first record; of a marker, the epoch of the coordinator that
 *     wrote it
 * @param count records in the batch
 * @param offsetDelta offset of the first record, less the entry's base offset
 * @param flags batch attributes that matter to state: {@link #TRANSACTIONAL}, {@link #CONTROL},
 *     {@link #COMMIT}
 */
public record ProducerSpan(
    long producerId,
    short producerEpoch,
    int baseSequence,
    int count,
    int offsetDelta,
    byte flags) {
  /** The batch belongs to a transaction. */
  public static final byte TRANSACTIONAL = 1;

  /** The batch is a transaction marker. */
  public static final byte CONTROL = 2;

  /** With {@link #CONTROL}: the transaction is committed; without: aborted. */
  public static final byte COMMIT = 4;

  /** Whether this is a transaction marker. */
  public boolean isMarker() {
    return (flags & CONTROL) != 0;
  }

  /** Whether this marker commits. */
  public boolean commits() {
    return (flags & COMMIT) != 0;
  }

  /** Whether the batch belongs to a transaction. */
  public boolean isTransactional() {
    return (flags & TRANSACTIONAL) != 0;
  }

  /** Sequence of the last record; sequences wrap from 2^31 - 1 to 0. */
  public int lastSequence() {
    return (baseSequence + count - 1) & Integer.MAX_VALUE;
  }
}
