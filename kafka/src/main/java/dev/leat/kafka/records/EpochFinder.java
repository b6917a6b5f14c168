package dev.leat.kafka.records;

import dev.leat.api.batch.BatchFormat;
import dev.leat.broker.log.Journal;
import dev.leat.broker.runtime.BatchReader;
import dev.leat.broker.runtime.LivePartition;
import org.apache.kafka.common.record.internal.RecordBatch;

/**
 * Where the epochs of a partition end. Every stored batch carries the epoch of its leader, and
 * epochs only grow, so the place is bisected.
 */
final class EpochFinder {
  private static final int ONE_BATCH = 1;

  private final BatchReader batches;

  EpochFinder(BatchReader batches) {
    this.batches = batches;
  }

  /**
   * Where an epoch ends.
   *
   * @param epoch the epoch, or the next lower one that has records
   * @param offset the first offset that belongs to a later one
   */
  record End(int epoch, long offset) {}

  /** The epoch of the record at {@code offset}, or of the one that follows; -1 if there is none. */
  int epochOf(LivePartition partition, long offset) {
    try (Journal.Slice slice =
        batches.read(partition, offset, partition.highWatermark(), ONE_BATCH)) {
      return slice == null
          ? RecordBatch.NO_PARTITION_LEADER_EPOCH
          : BatchFormat.leaderEpoch(slice.batches().getFirst(), 0);
    }
  }

  /** Where the records of {@code epoch} and of those before it end. */
  End endOf(LivePartition partition, int epoch) {
    int current = partition.group().leadership().epoch();
    long end = partition.highWatermark();
    if (epoch < 0 || epoch > current) {
      return new End(RecordBatch.NO_PARTITION_LEADER_EPOCH, -1);
    }
    if (epoch == current) {
      return new End(epoch, end);
    }
    long start = partition.logStart();
    long low = start;
    long high = end;
    while (low < high) {
      long middle = low + (high - low) / 2;
      if (isAfter(partition, middle, epoch)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    if (low == start) {
      return new End(epoch, start);
    }
    return new End(epochOf(partition, low - 1), low);
  }

  private boolean isAfter(LivePartition partition, long offset, int epoch) {
    int found = epochOf(partition, offset);
    return found == RecordBatch.NO_PARTITION_LEADER_EPOCH || found > epoch;
  }
}
