package dev.leat.broker.replication;

import dev.leat.broker.log.BatchInfo;
import dev.leat.broker.log.Entry;
import dev.leat.broker.log.EntryHeader;
import dev.leat.broker.log.EntryKind;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.ProducerSpan;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gathers the batches that one partition gets in one step into one entry. */
final class EntryBuilder {
  // Where a batch (magic 2) has what is set here; both lie outside its checksum.
  private static final int BASE_OFFSET_AT = 0;
  private static final int LEADER_EPOCH_AT = 12;

  private final int partition;
  private final long seq;
  private final int epoch;
  private final long baseOffset;
  private long endOffset;
  private long maxTimestamp = -1;
  private int sizeBytes;
  private final List<ProducerSpan> producers = new ArrayList<>();
  private final List<ByteBuffer> pieces = new ArrayList<>(2);
  private @Nullable ByteBuffer source;
  private int pieceStart;
  private int pieceEnd;

  EntryBuilder(int partition, long seq, int epoch, long baseOffset) {
    this.partition = partition;
    this.seq = seq;
    this.epoch = epoch;
    this.baseOffset = baseOffset;
    this.endOffset = baseOffset;
  }

  long seq() {
    return seq;
  }

  boolean hasRoomFor(BatchInfo batch, int maxEntryBytes) {
    return sizeBytes == 0
        || (sizeBytes + batch.sizeBytes() <= maxEntryBytes
            && (!batch.hasProducer() || producers.size() < EntryHeader.MAX_PRODUCERS)
            && endOffset - baseOffset + batch.count() <= Integer.MAX_VALUE);
  }

  /** Adds the batch at {@code at} in {@code from}, with this offset. */
  void add(BatchInfo batch, ByteBuffer from, int at, long offset) {
    from.putLong(at + BASE_OFFSET_AT, offset);
    from.putInt(at + LEADER_EPOCH_AT, epoch);
    if (source != from || pieceEnd != at) {
      endPiece();
      source = from;
      pieceStart = at;
    }
    pieceEnd = at + batch.sizeBytes();
    sizeBytes += batch.sizeBytes();
    maxTimestamp = Math.max(maxTimestamp, batch.maxTimestamp());
    if (batch.hasProducer()) {
      producers.add(batch.span((int) (offset - baseOffset)));
    }
    endOffset = offset + batch.count();
  }

  private void endPiece() {
    if (source != null) {
      pieces.add(source.slice(pieceStart, pieceEnd - pieceStart));
    }
  }

  Entry build(GroupId group) {
    endPiece();
    EntryHeader header =
        new EntryHeader(
            group,
            seq,
            epoch,
            EntryKind.BATCHES,
            partition,
            baseOffset,
            (int) (endOffset - baseOffset - 1),
            maxTimestamp,
            producers);
    return new Entry(header, List.copyOf(pieces));
  }
}
