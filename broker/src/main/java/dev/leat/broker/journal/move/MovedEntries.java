package dev.leat.broker.journal.move;

import dev.leat.api.batch.BatchFormat;
import dev.leat.broker.journal.index.JournalIndex;
import dev.leat.broker.journal.segment.HotSegment;
import dev.leat.broker.log.Entry;
import dev.leat.broker.log.EntryHeader;
import dev.leat.broker.log.EntryKind;
import dev.leat.broker.log.GroupId;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.NavigableMap;

/**
 * Writes batches into a segment, many of them in one entry: so its index stays small, however small
 * the batches are.
 */
final class MovedEntries {
  /** Batches are gathered up to this many bytes. */
  private static final int ENTRY_BYTES = 64 << 10;

  /**
   * Bytes between two commits, each of them an fsync: more would make those of appends wait longer.
   */
  private static final int COMMIT_BYTES = 1 << 20;

  private final HotSegment segment;
  private final JournalIndex index = new JournalIndex();
  private final ByteBuffer gathered = ByteBuffer.allocate(ENTRY_BYTES);
  private GroupId group = new GroupId(0);
  private int partition;
  private long baseOffset;
  private long lastOffset;
  private long maxTimestamp;
  private int epoch;
  private long bytes;
  private long entries;
  private int uncommitted;

  MovedEntries(HotSegment segment) {
    this.segment = segment;
    index.open(segment.index());
  }

  HotSegment segment() {
    return segment;
  }

  /** Bytes of batches. */
  long bytes() {
    return bytes;
  }

  long entries() {
    return entries;
  }

  /** Adds a batch; its bytes are not needed afterwards. */
  void add(GroupId ofGroup, int ofPartition, ByteBuffer batch) {
    long last = BatchFormat.lastOffset(batch, 0);
    if (gathered.position() > 0
        && (batch.remaining() > gathered.remaining() || last - baseOffset > Integer.MAX_VALUE)) {
      endRange();
    }
    if (gathered.position() == 0) {
      group = ofGroup;
      partition = ofPartition;
      baseOffset = BatchFormat.baseOffset(batch, 0);
      maxTimestamp = -1;
    }
    lastOffset = last;
    epoch = BatchFormat.leaderEpoch(batch, 0);
    maxTimestamp = Math.max(maxTimestamp, BatchFormat.maxTimestamp(batch, 0));
    if (batch.remaining() <= gathered.remaining()) {
      gathered.put(batch.duplicate());
    } else {
      append(batch);
    }
  }

  /** What follows is another partition. */
  void endRange() {
    if (gathered.position() > 0) {
      append(gathered.flip());
      gathered.clear();
    }
  }

  private void append(ByteBuffer body) {
    EntryHeader header =
        new EntryHeader(
            group,
            0,
            epoch,
            EntryKind.MOVED,
            partition,
            baseOffset,
            (int) (lastOffset - baseOffset),
            maxTimestamp,
            List.of());
    index.add(segment.index(), segment.append(new Entry(header, List.of(body))));
    entries++;
    bytes += body.remaining();
    uncommitted += body.remaining();
    if (uncommitted >= COMMIT_BYTES) {
      uncommitted = 0;
      segment.commit();
    }
  }

  /** Index and summary; nothing can be added any more. */
  NavigableMap<Long, ByteBuffer> finish() {
    endRange();
    segment.commit();
    return index.blobs(segment.index());
  }
}
