package dev.leat.broker.journal.read;

import dev.leat.api.batch.BatchFormat;
import dev.leat.broker.journal.index.JournalIndex;
import dev.leat.broker.journal.index.Positions;
import dev.leat.broker.journal.segment.EntryKey;
import dev.leat.broker.journal.segment.EntryReader;
import dev.leat.broker.log.CorruptEntryException;
import dev.leat.broker.log.EntryKind;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Journal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One read of a partition's batches, while it goes on and while its result is in use. */
public final class BatchRead implements Journal.Slice {
  /** So many segments may be released between finding and opening them. */
  private static final int MAX_GONE = 8;

  private final SegmentReaders readers;
  private final List<ByteBuffer> batches = new ArrayList<>();
  private final long endOffset;
  private final int maxBytes;
  private long nextOffset;
  private int sizeBytes;
  private boolean done;

  private BatchRead(SegmentReaders readers, long offset, long endOffset, int maxBytes) {
    this.readers = readers;
    this.nextOffset = offset;
    this.endOffset = endOffset;
    this.maxBytes = maxBytes;
  }

  /** What is asked for. */
  public record Request(GroupId group, int partition, long offset, long endOffset, int maxBytes) {}

  /** Reads; null if there is nothing. */
  public static @Nullable BatchRead read(
      JournalIndex index, SegmentReaders readers, Request request) {
    BatchRead read =
        new BatchRead(readers, request.offset(), request.endOffset(), request.maxBytes());
    try {
      read.fill(index, request);
    } catch (RuntimeException e) {
      if (read.batches.isEmpty() || !(e instanceof CorruptEntryException)) {
        read.close();
        throw e;
      }
      // What lies before the damage is good; the next read begins with the damage.
    }
    if (read.batches.isEmpty()) {
      read.close();
      return null;
    }
    return read;
  }

  private void fill(JournalIndex index, Request request) {
    Positions found = new Positions();
    int gone = 0;
    while (!done && nextOffset < endOffset) {
      if (!index.find(request.group(), request.partition(), nextOffset, found)) {
        return;
      }
      EntryReader reader = readers.of(found.segment());
      if (reader == null && gone++ < MAX_GONE) {
        // Released since it was found: what is alive in it has been moved, and is found there now.
        continue;
      }
      if (reader == null) {
        return;
      }
      if (found.isSealed()) {
        reader.lookUp(
            stored -> stored.find(request.group(), request.partition(), nextOffset, found));
      }
      int before = batches.size();
      boolean gap = false;
      for (int i = 0; i < found.count() && !done; i++) {
        reader.read(found.position(i));
        check(reader, request, gap || found.mayBeginAt(reader.key().baseOffset()));
        gap = reader.key().kind() == EntryKind.MOVED;
        take(reader);
      }
      if (batches.size() == before) {
        return;
      }
    }
  }

  /**
   * The index led to the right entry, and no offset between the last one and it is missing, unless
   * it was compacted away: before and behind entries that were moved.
   */
  private void check(EntryReader reader, Request request, boolean gap) {
    EntryKey key = reader.key();
    boolean right =
        key.kind().holdsBatches()
            && key.group() == request.group().value()
            && key.partition() == request.partition();
    if (!right) {
      throw reader.corrupt(key.position(), "is not the one that the index names");
    }
    if (key.baseOffset() > nextOffset && !gap && key.kind() != EntryKind.MOVED) {
      throw reader.corrupt(
          key.position(),
          "begins at offset " + key.baseOffset() + "; those from " + nextOffset + " on are lost");
    }
  }

  /** Takes the batches of an entry that are wanted, side by side in one piece. */
  private void take(EntryReader reader) {
    ByteBuffer bytes = reader.bytes();
    int end = reader.bodyAt() + reader.bodySize();
    int from = reader.bodyAt();
    while (from < end && BatchFormat.lastOffset(bytes, from) < nextOffset) {
      from += BatchFormat.sizeBytes(bytes, from);
    }
    int to = from;
    while (to < end && wants(bytes, to)) {
      int length = BatchFormat.sizeBytes(bytes, to);
      if (!reader.batchSound(to, length)) {
        add(bytes, from, to);
        throw reader.corrupt(
            reader.key().position(),
            "checksum of the record batch at offset "
                + BatchFormat.baseOffset(bytes, to)
                + " does not match");
      }
      nextOffset = BatchFormat.lastOffset(bytes, to) + 1;
      sizeBytes += length;
      to += length;
    }
    add(bytes, from, to);
  }

  private boolean wants(ByteBuffer bytes, int at) {
    boolean below = BatchFormat.lastOffset(bytes, at) < endOffset;
    boolean fits = sizeBytes == 0 || sizeBytes + BatchFormat.sizeBytes(bytes, at) <= maxBytes;
    done = !below || !fits;
    return !done;
  }

  private void add(ByteBuffer bytes, int from, int to) {
    if (to > from) {
      batches.add(bytes.slice(from, to - from));
    }
  }

  @Override
  public List<ByteBuffer> batches() {
    return batches;
  }

  @Override
  public int sizeBytes() {
    return sizeBytes;
  }

  @Override
  public long nextOffset() {
    return nextOffset;
  }

  @Override
  public void close() {
    readers.close();
  }
}
