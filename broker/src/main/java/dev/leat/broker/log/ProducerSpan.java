package dev.leat.broker.log;

/**
 * One batch of an idempotent producer within an entry: what the producer state needs to know of it.
 *
 * @param producerId id of the producer, 63 bits
 * @param producerEpoch its epoch
 * @param baseSequence sequence of the first record
 * @param count records in the batch
 * @param offsetDelta offset of the first record, less the entry's base offset
 * @param flags batch attributes that matter to state: {@link #TRANSACTIONAL}, {@link #CONTROL}
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

  /** Sequence of the last record; sequences wrap from 2^31 - 1 to 0. */
  public int lastSequence() {
    return (baseSequence + count - 1) & Integer.MAX_VALUE;
  }
}
