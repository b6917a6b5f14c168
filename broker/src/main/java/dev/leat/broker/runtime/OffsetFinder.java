package dev.leat.broker.runtime;

import dev.leat.api.batch.BatchFormat;
import dev.leat.api.batch.CorruptBatchException;
import dev.leat.api.batch.RecordReader;
import dev.leat.broker.log.Journal;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;

/** Finds records by time. May read from disk: not for event loops. */
public final class OffsetFinder {
  /** Looks at one batch at a time. */
  private static final int READ_BYTES = 1;

  private final Journal journal;

  /** A finder in this journal. */
  public OffsetFinder(Journal journal) {
    this.journal = journal;
  }

  /**
   * A record and its time.
   *
   * @param offset its offset
   * @param timestampMs its timestamp, ms
   * @param leaderEpoch epoch of the leader that appended it
   */
  public record Found(long offset, long timestampMs, int leaderEpoch) {}

  /** The first committed record with the largest timestamp of all. */
  public Optional<Found> newest(LivePartition partition) {
    // The index answers whether a timestamp is above all others, so the largest one is bisected.
    long below = 0;
    long above = Long.MAX_VALUE;
    while (above - below > 1) {
      long middle = below + (above - below) / 2;
      if (journal
          .entryForTimestamp(partition.group().id(), partition.number(), middle)
          .isPresent()) {
        below = middle;
      } else {
        above = middle;
      }
    }
    return firstAt(partition, below);
  }

  /** The first committed record whose timestamp is at or after {@code timestampMs}. */
  public Optional<Found> firstAt(LivePartition partition, long timestampMs) {
    OptionalLong entry =
        journal.entryForTimestamp(partition.group().id(), partition.number(), timestampMs);
    if (entry.isEmpty()) {
      return Optional.empty();
    }
    long end = partition.highWatermark();
    long offset = Math.max(entry.getAsLong(), partition.logStart());
    while (offset < end) {
      try (Journal.Slice slice =
          journal.readBatches(
              partition.group().id(), partition.number(), offset, end, READ_BYTES)) {
        if (slice == null) {
          return Optional.empty();
        }
        for (ByteBuffer batches : slice.batches()) {
          Optional<Found> found = search(batches, timestampMs, partition.logStart());
          if (found.isPresent()) {
            return found;
          }
        }
        offset = slice.nextOffset();
      }
    }
    return Optional.empty();
  }

  private static Optional<Found> search(ByteBuffer batches, long timestampMs, long logStart) {
    for (int at = batches.position(); at < batches.limit(); ) {
      if (BatchFormat.maxTimestamp(batches, at) >= timestampMs) {
        Optional<Found> found = searchBatch(batches, at, timestampMs, logStart);
        if (found.isPresent()) {
          return found;
        }
      }
      at += BatchFormat.sizeBytes(batches, at);
    }
    return Optional.empty();
  }

  private static Optional<Found> searchBatch(
      ByteBuffer batches, int at, long timestampMs, long logStart) {
    try {
      RecordReader records = RecordReader.of(batches, at);
      while (records.next()) {
        if (records.timestamp() >= timestampMs && records.offset() >= logStart) {
          return Optional.of(
              new Found(
                  records.offset(), records.timestamp(), BatchFormat.leaderEpoch(batches, at)));
        }
      }
      return Optional.empty();
    } catch (CorruptBatchException undecodable) {
      // The batch is as its producer sent it, but its records are not readable: its first offset is
      // the best answer.
      long base = BatchFormat.baseOffset(batches, at);
      return Optional.of(
          new Found(
              base, BatchFormat.maxTimestamp(batches, at), BatchFormat.leaderEpoch(batches, at)));
    }
  }
}
