package dev.leat.broker.runtime;

import dev.leat.broker.log.CorruptEntryException;
import dev.leat.broker.log.Journal;
import org.jspecify.annotations.Nullable;

/** Reads batches of partitions, once. May read from disk: not for event loops. */
public final class BatchReader {
  private final Journal journal;

  /** A reader of this journal. */
  public BatchReader(Journal journal) {
    this.journal = journal;
  }

  /**
   * Batches of a partition, beginning with the one that holds {@code offset}, all below {@code
   * endOffset}, as many as fit in {@code maxBytes} but at least one. To be closed, by any thread,
   * when its bytes have left.
   *
   * @return null if nothing is stored there
   * @throws CorruptEntryException if what is stored at {@code offset} is damaged
   */
  public Journal.@Nullable Slice read(
      LivePartition partition, long offset, long endOffset, int maxBytes) {
    return journal.readBatches(
        partition.group().id(), partition.number(), offset, endOffset, maxBytes);
  }
}
