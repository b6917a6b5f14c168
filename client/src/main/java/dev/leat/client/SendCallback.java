package dev.leat.client;

import dev.leat.client.error.LeatException;

/**
 * Hears what became of a record; exactly one of its methods is called, once for each record it was
 * given with. One callback may serve many records.
 *
 * <p>Called by the client's network thread, for each partition in the order of its records: it must
 * return soon and must not block. An exception that it throws is logged and otherwise ignored.
 */
@FunctionalInterface
public interface SendCallback {

  /** Nobody wants to know. */
  SendCallback NONE = error -> {};

  /**
   * The record will not be acknowledged.
   *
   * @param error why
   */
  void onFailed(LeatException error);

  /**
   * The record is on disk of a quorum.
   *
   * @param partition number of the partition
   * @param offset position in the partition
   */
  default void onAcknowledged(int partition, long offset) {}
}
