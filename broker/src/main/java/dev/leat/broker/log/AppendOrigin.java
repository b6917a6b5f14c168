package dev.leat.broker.log;

/**
 * In whose name batches are appended, and so what is checked.
 *
 * <p>Records of a transaction are taken when one of their producer is open in the partition, or
 * when its coordinator has confirmed that the partition belongs to it. A confirmation counts as
 * long as no marker of the producer came after it was asked for: whoever asks notes the partition's
 * high watermark before ({@code verifiedFrom}). Otherwise late records would begin a transaction
 * that nobody ends.
 */
public sealed interface AppendOrigin {
  /** What verifiedFrom is while no coordinator has confirmed the transaction. */
  long UNVERIFIED = -1;

  /** A producer, without a confirmation. */
  AppendOrigin PRODUCER = new Producer(UNVERIFIED);

  /**
   * A producer: its sequences are checked, what it repeats is found.
   *
   * @param verifiedFrom high watermark before the coordinator was asked, or {@link #UNVERIFIED}
   */
  record Producer(long verifiedFrom) implements AppendOrigin {}

  /**
   * A coordinator that stores its state, maybe as part of a producer's transaction: sequences mean
   * nothing.
   *
   * @param verifiedFrom as with {@link Producer}
   */
  record Coordinator(long verifiedFrom) implements AppendOrigin {}

  /**
   * A transaction coordinator that ends a transaction: one batch, a marker.
   *
   * @param bumpsEpoch whether the marker's epoch is one above that of the records (KIP-890): then a
   *     marker of the records' own epoch is refused
   */
  record Marker(boolean bumpsEpoch) implements AppendOrigin {}
}
