package dev.leat.broker.journal.read;

import dev.leat.broker.journal.index.JournalIndex;
import dev.leat.broker.journal.index.Positions;
import dev.leat.broker.journal.segment.EntryReader;
import dev.leat.broker.log.CorruptEntryException;
import dev.leat.broker.log.Entry;
import dev.leat.broker.log.EntryKind;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Journal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One read of a group's log, while it goes on and while its result is in use. */
public final class LogRead implements Journal.LogSlice {
  private final SegmentReaders readers;
  private final List<Entry> entries = new ArrayList<>();
  private final int maxBytes;
  private int sizeBytes;
  private boolean done;

  private LogRead(SegmentReaders readers, int maxBytes) {
    this.readers = readers;
    this.maxBytes = maxBytes;
  }

  /** What is asked for. */
  public record Request(GroupId group, long fromSeq, long toSeq, int maxBytes) {}

  /** Reads; null if there is nothing. */
  public static @Nullable LogRead read(
      JournalIndex index, SegmentReaders readers, Request request) {
    LogRead read = new LogRead(readers, request.maxBytes());
    try {
      read.fill(index, request);
    } catch (RuntimeException e) {
      if (read.entries.isEmpty() || !(e instanceof CorruptEntryException)) {
        read.close();
        throw e;
      }
      // What lies before the damage is good; the next read begins with the damage.
    }
    if (read.entries.isEmpty()) {
      read.close();
      return null;
    }
    return read;
  }

  private void fill(JournalIndex index, Request request) {
    Positions found = new Positions();
    long seq = request.fromSeq();
    while (!done && seq <= request.toSeq() && index.findSeq(request.group(), seq, found)) {
      EntryReader reader = readers.of(found.segment());
      if (reader != null && found.isSealed()) {
        long wanted = seq;
        reader.lookUp(stored -> stored.findSeq(request.group(), wanted, found));
      }
      if (reader == null || found.count() == 0) {
        return;
      }
      for (int i = 0; i < found.count() && !done && seq <= request.toSeq(); i++) {
        reader.read(found.position(i));
        if (reader.key().group() != request.group().value() || reader.key().seq() != seq) {
          throw reader.corrupt(found.position(i), "is not the one that the index names");
        }
        seq += take(reader) ? 1 : 0;
      }
    }
  }

  private boolean take(EntryReader reader) {
    done = !entries.isEmpty() && sizeBytes + reader.bodySize() > maxBytes;
    if (done) {
      return false;
    }
    if (reader.key().kind() == EntryKind.BATCHES) {
      reader.checkRecords();
    }
    sizeBytes += reader.bodySize();
    entries.add(
        new Entry(
            reader.key().header(),
            List.of(reader.bytes().slice(reader.bodyAt(), reader.bodySize()))));
    return true;
  }

  @Override
  public List<Entry> entries() {
    return entries;
  }

  @Override
  public void close() {
    readers.close();
  }
}
