package dev.leat.api.batch;

/** What {@link BatchValidator} found. */
public sealed interface BatchCheck {

  /**
   * Everything is in order.
   *
   * @param batches number of batches
   * @param offsets number of offsets they take: the sum of (last offset delta + 1)
   * @param maxTimestamp largest timestamp of all, in ms
   */
  record Valid(int batches, long offsets, long maxTimestamp) implements BatchCheck {}

  /**
   * Something is wrong; none of the batches may be used.
   *
   * @param reason which rule is broken
   * @param at index of the byte at which the broken batch or record begins
   * @param message one line for a person
   */
  record Invalid(Reason reason, int at, String message) implements BatchCheck {}

  /** The rules. */
  enum Reason {
    /** Bytes are missing at the end. */
    TRUNCATED,
    /** The length field cannot be right. */
    LENGTH,
    /** The batch is over the limit in bytes. */
    TOO_LARGE,
    /** Another version of the format. */
    MAGIC,
    /** The CRC-32C is not that of the bytes. */
    CHECKSUM,
    /** Attributes that are unknown or not allowed here. */
    ATTRIBUTES,
    /** Number of records and last offset delta contradict each other. */
    COUNT,
    /** Producer id, epoch and sequence contradict each other. */
    PRODUCER,
    /** There is no batch. */
    EMPTY,
    /** A record is malformed, or not at its offset. */
    RECORDS
  }
}
