package dev.leat.broker.log;

import java.util.List;

/**
 * What a reader may know of a partition: a copy, as of the step that made it.
 *
 * @param info which partition
 * @param startOffset first offset that may be read
 * @param lastStableOffset every transaction with records below it has ended
 * @param highWatermark every record below it is committed; only those are read
 * @param endOffset offset that the next record gets
 * @param epochStarts first offset of each leader epoch that has records, in order
 * @param aborted transactions that were aborted, as far as they can be read
 */
public record PartitionView(
    PartitionInfo info,
    long startOffset,
    long lastStableOffset,
    long highWatermark,
    long endOffset,
    List<EpochStart> epochStarts,
    AbortedTransactions aborted) {

  /**
   * Where a leader's epoch begins.
   *
   * @param epoch the epoch
   * @param position first offset (in a partition) or seq (in a group's log) of that epoch
   */
  public record EpochStart(int epoch, long position) {}
}
