package dev.leat.broker.log.compact;

import dev.leat.api.batch.BatchFormat;
import dev.leat.api.batch.BatchRewriter;
import dev.leat.api.batch.RecordReader;
import dev.leat.broker.log.BatchFilter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Leaves out records that a later one with the same key supersedes, those of aborted transactions,
 * and tombstones and transaction markers that have been kept long enough. Is shown a partition from
 * its start offset on, in order.
 *
 * <p>How long a tombstone stays is written into its batch when it is first seen here (KIP-534): so
 * it stays as long after that as was asked for, however often the partition is compacted, and
 * nobody has to remember it.
 *
 * <p>The last batch of the range stays, if only its header: so readers reach the end of the
 * partition.
 */
public final class CompactionFilter implements BatchFilter {
  private final KeyMap lastOffsets;
  private final Transactions transactions;
  private final Limits limits;
  private final long nowMs;

  /** Producers of whose committed transaction, up to here, something is kept. */
  private final Set<Long> withData = new HashSet<>();

  private long left;

  /**
   * What is compacted.
   *
   * @param mapEnd offsets below are in the map of keys; from here on everything is kept
   * @param lastOffset last offset of the range
   * @param deleteRetentionMs how long tombstones and markers stay, ms
   */
  public record Limits(long mapEnd, long lastOffset, long deleteRetentionMs) {}

  /**
   * A filter for one pass over one partition.
   *
   * @param lastOffsets last offset of each key
   * @param nowMs wall clock, ms
   */
  public CompactionFilter(
      KeyMap lastOffsets, Transactions transactions, Limits limits, long nowMs) {
    this.lastOffsets = lastOffsets;
    this.transactions = transactions;
    this.limits = limits;
    this.nowMs = nowMs;
  }

  /** Records left out so far. */
  public long left() {
    return left;
  }

  @Override
  public List<ByteBuffer> keep(ByteBuffer batches) {
    List<ByteBuffer> kept = new ArrayList<>();
    for (int at = batches.position(); at < batches.limit(); ) {
      ByteBuffer batch = keepBatch(batches, at);
      int records = batch == null ? 0 : BatchFormat.count(batch, 0);
      left += BatchFormat.count(batches, at) - records;
      if (batch != null && records > 0) {
        kept.add(batch);
      } else if (BatchFormat.lastOffset(batches, at) >= limits.lastOffset()) {
        kept.add(BatchRewriter.empty(batches, at));
      }
      at += BatchFormat.sizeBytes(batches, at);
    }
    return kept;
  }

  /** What is kept of a batch; null or an empty one if nothing is. */
  private @Nullable ByteBuffer keepBatch(ByteBuffer batches, int at) {
    if (BatchFormat.baseOffset(batches, at) >= limits.mapEnd()) {
      return whole(batches, at);
    }
    long producer = BatchFormat.producerId(batches, at);
    boolean transactional = BatchFormat.isTransactional(batches, at);
    boolean aborted =
        transactional && transactions.isAborted(producer, BatchFormat.baseOffset(batches, at));
    if (BatchFormat.isControl(batches, at)) {
      return keepMarker(batches, at, aborted || withData.remove(producer));
    }
    if (aborted) {
      return null;
    }
    ByteBuffer kept = keepRecords(batches, at);
    if (transactional && BatchFormat.count(kept, 0) > 0) {
      withData.add(producer);
    }
    return kept;
  }

  /** A marker stays as long as there is something that it decides about, and some time longer. */
  private @Nullable ByteBuffer keepMarker(ByteBuffer batches, int at, boolean needed) {
    long horizon = BatchRewriter.deleteHorizon(batches, at);
    if (needed || horizon != BatchRewriter.NO_HORIZON && nowMs <= horizon) {
      return whole(batches, at);
    }
    return horizon == BatchRewriter.NO_HORIZON
        ? BatchRewriter.rewrite(batches, at, record -> true, newHorizon())
        : null;
  }

  private ByteBuffer keepRecords(ByteBuffer batches, int at) {
    long horizon = BatchRewriter.deleteHorizon(batches, at);
    boolean expired = horizon != BatchRewriter.NO_HORIZON && nowMs > horizon;
    Tombstones tombstones = new Tombstones();
    ByteBuffer kept =
        BatchRewriter.rewrite(
            batches,
            at,
            record -> {
              boolean keeps = isKept(record, expired);
              tombstones.found |= keeps && isOldTombstone(record);
              return keeps;
            },
            BatchRewriter.NO_HORIZON);
    boolean first = tombstones.found && horizon == BatchRewriter.NO_HORIZON;
    return first
        ? BatchRewriter.rewrite(batches, at, record -> isKept(record, expired), newHorizon())
        : kept;
  }

  private static final class Tombstones {
    private boolean found;
  }

  private boolean isKept(RecordReader record, boolean tombstonesExpired) {
    if (record.offset() >= limits.mapEnd()) {
      return true;
    }
    ByteBuffer key = record.key();
    // Without a key it could never be superseded: it would stay for ever.
    return key != null
        && lastOffsets.offsetOf(key) <= record.offset()
        && (record.valueBytes() >= 0 || !tombstonesExpired);
  }

  private boolean isOldTombstone(RecordReader record) {
    return record.valueBytes() < 0 && record.offset() < limits.mapEnd();
  }

  /** Not before it can be seen here first, and never past the end of time. */
  private long newHorizon() {
    long retentionMs = Math.min(limits.deleteRetentionMs(), Long.MAX_VALUE - nowMs);
    return nowMs + retentionMs;
  }

  private static ByteBuffer whole(ByteBuffer batches, int at) {
    return batches.slice(at, BatchFormat.sizeBytes(batches, at));
  }
}
