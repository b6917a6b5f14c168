package dev.leat.broker.log.group;

import dev.leat.broker.log.ProducerSpan;

/**
 * What a partition knows of the transactions of one producer.
 *
 * @param firstOffset first offset of the open transaction, -1 if none is open
 * @param markerOffset offset of the last marker, -1 if there was none
 * @param coordinatorEpoch epoch of the coordinator that wrote the last marker, -1 if there was none
 */
public record Transaction(long firstOffset, long markerOffset, int coordinatorEpoch) {
  /** There was none. */
  public static final Transaction NONE = new Transaction(-1, -1, -1);

  /** Whether records wait for a marker. */
  public boolean isOpen() {
    return firstOffset >= 0;
  }

  /**
   * What is known after one more batch.
   *
   * @param flags of its {@link ProducerSpan}
   * @param baseSequence of its span: for a marker, the coordinator's epoch
   * @param offset of its first record
   */
  public Transaction after(byte flags, int baseSequence, long offset) {
    if ((flags & ProducerSpan.CONTROL) != 0) {
      return new Transaction(-1, offset, baseSequence);
    }
    boolean opens = (flags & ProducerSpan.TRANSACTIONAL) != 0 && !isOpen();
    return opens ? new Transaction(offset, markerOffset, coordinatorEpoch) : this;
  }
}
