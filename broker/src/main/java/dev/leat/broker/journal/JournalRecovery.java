package dev.leat.broker.journal;

import dev.leat.broker.journal.index.JournalIndex;
import dev.leat.broker.journal.index.SealedIndex;
import dev.leat.broker.journal.index.UnsealedSegment;
import dev.leat.broker.journal.page.PageDamage;
import dev.leat.broker.journal.page.StructureCheck;
import dev.leat.broker.journal.segment.EntryKey;
import dev.leat.broker.journal.segment.HotSegment;
import dev.leat.broker.journal.segment.Mapping;
import dev.leat.broker.journal.segment.SealedLookup;
import dev.leat.broker.journal.segment.Segment;
import dev.leat.broker.journal.segment.SegmentRecord;
import dev.leat.broker.journal.segment.SegmentScan;
import dev.leat.broker.journal.segment.SegmentScan.Depth;
import dev.leat.broker.journal.segment.SegmentState;
import dev.leat.broker.journal.store.Catalog;
import dev.leat.broker.journal.store.CatalogState;
import dev.leat.broker.journal.store.CheckpointFile;
import dev.leat.broker.journal.store.DiskMark;
import dev.leat.broker.journal.store.SegmentStore;
import dev.leat.broker.log.CorruptEntryException;
import dev.leat.broker.log.Damage;
import dev.leat.broker.log.Entry;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Recovery;
import dev.leat.broker.log.Withdrawal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Opens what a directory holds: builds the index, and finds the way back to the state before.
 *
 * <p>Whatever the process was doing when it ended, the catalog says what each file is: released
 * ones are recycled, unsealed ones are read, unknown ones are deleted. Before liblmdb opens a file
 * again to write it, the file's structure is checked: liblmdb would crash on a damaged one. A
 * damaged segment is only read from then on.
 */
final class JournalRecovery {
  private final Catalog catalog;
  private final SegmentStore store;
  private final JournalIndex index;
  private final List<Damage> damage = new ArrayList<>();
  private final List<Segment> released = new ArrayList<>();

  /** Segments whose entries no checkpoint covers. */
  private final List<Segment> tail = new ArrayList<>();

  private final Map<Long, UnsealedSegment> full = new TreeMap<>();
  private Map<GroupId, ByteBuffer> checkpoints = Map.of();

  /** Where the segment before ended is not known: it is damaged. */
  private boolean endUnknown;

  private JournalRecovery(Catalog catalog, SegmentStore store, JournalIndex index) {
    this.catalog = catalog;
    this.store = store;
    this.index = index;
  }

  static JournalRecovery run(
      Catalog catalog, SegmentStore store, JournalIndex index, CheckpointFile checkpoints)
      throws IOException {
    JournalRecovery recovery = new JournalRecovery(catalog, store, index);
    recovery.openFiles(checkpoints.read());
    return recovery;
  }

  /** Segments that were released, and whose files are not free yet. */
  List<Segment> released() {
    return released;
  }

  private void openFiles(CheckpointFile.@Nullable Stored checkpoint) {
    CatalogState before = catalog.state();
    store.files().deleteOthers(before.files());
    long end = 0;
    for (SegmentRecord record : before.inOrder()) {
      String lost = whyLost(record);
      if (lost != null) {
        lose(record, lost);
        boolean appended = record.isLive() && !record.isMoved();
        end = appended ? record.firstPosition() + store.maxEntries() : end;
        continue;
      }
      switch (record.state()) {
        case SPARE -> openSpare(record);
        case RELEASED -> released.add(new Segment(record, store.path(record.file())));
        case FILLING -> store.recycle(record.file(), false);
        case SEALED -> openSealed(record, checkpoint == null);
        case FULL, HOT -> end = openUnsealed(record, end);
      }
    }
    if (checkpoint == null) {
      noteLostCheckpoint(before);
    } else {
      checkpoints = checkpoint.groups();
    }
    checkEnd(before.end(), end);
    if (!store.hasHot()) {
      store.begin(end);
    }
    catalog.update(CatalogState::started);
  }

  /** Why nothing at all of a file can be read, or null. */
  private @Nullable String whyLost(SegmentRecord record) {
    if (store.files().size(record.file()) < 0) {
      return "the file of segment " + record.segment() + " is missing";
    }
    if (!record.isLive()) {
      return null;
    }
    Segment segment = new Segment(record, store.path(record.file()));
    try {
      Mapping mapping = segment.acquire();
      if (mapping != null) {
        segment.release(mapping);
      }
      return null;
    } catch (CorruptEntryException e) {
      return e.getMessage();
    } finally {
      segment.retire();
    }
  }

  /** A lost segment stays in the catalog: every start tells of it. */
  private void lose(SegmentRecord record, String why) {
    if (record.isLive()) {
      damage.add(new Damage(SegmentStore.relativePath(record.file()), Damage.NO_POSITION, why));
      doubtIfNews(record);
      endUnknown = true;
      int file = record.file();
      SegmentState now = record.isMoved() ? SegmentState.SEALED : SegmentState.FULL;
      catalog.update(state -> state.replace(state.file(file).as(now).asDamaged()));
    } else {
      catalog.update(state -> state.without(record.file()));
    }
  }

  /**
   * DISK: entries are lost, and nobody can tell whose. A segment that is marked as damaged has been
   * answered for: groups that are here since then have begun anew after that.
   */
  private void doubtIfNews(SegmentRecord record) {
    if (!record.damaged()) {
      doubt();
    }
  }

  private void doubt() {
    DiskMark mark = catalog.state().disk();
    if (mark.doubt() == null) {
      catalog.update(state -> state.with(mark.doubted(Withdrawal.DAMAGED)));
    }
  }

  private void openSpare(SegmentRecord record) {
    if (!store.addSpare(record)) {
      catalog.update(state -> state.without(record.file()));
      store.files().delete(record.file());
    }
  }

  private void openSealed(SegmentRecord record, boolean intoTail) {
    Segment segment = new Segment(record, store.path(record.file()));
    store.addSealed(segment);
    Mapping mapping = segment.acquire();
    if (mapping == null) {
      return;
    }
    try {
      SealedIndex found = SealedLookup.of(segment, mapping);
      Set<GroupId> gone = catalog.state().gone(record);
      if (segment.isMoved()) {
        index.addMoved(segment.id(), found, gone);
      } else {
        index.addSealed(segment.id(), found, gone);
      }
    } finally {
      segment.release(mapping);
      segment.unmap();
    }
    if (intoTail && !segment.isMoved()) {
      tail.add(segment);
    }
  }

  /**
   * Reads an unsealed segment; returns the position after its last entry.
   *
   * @param end position after the last entry of the unsealed segment before, or 0
   */
  private long openUnsealed(SegmentRecord record, long end) {
    Segment segment = new Segment(record, store.path(record.file()));
    boolean whole = !record.damaged() && isSound(segment);
    boolean gap = noteGap(segment, end) && !endUnknown;
    UnsealedSegment content = store.addUnsealed(segment);
    tail.add(segment);
    List<Damage> found =
        SegmentScan.run(segment, Depth.KEYS, new SealedLookup.Indexing(index, content));
    damage.addAll(found);
    boolean sound =
        whole && !gap && found.stream().allMatch(one -> one.position() != Damage.NO_POSITION);
    endUnknown = !sound;
    if (sound) {
      HotSegment opened = store.openForWriting(segment, content);
      opened.sync();
    } else {
      doubtIfNews(record);
      segment.become(SegmentState.FULL);
      int file = record.file();
      catalog.update(state -> state.replace(state.file(file).as(SegmentState.FULL).asDamaged()));
    }
    segment.unmap();
    if (segment.state() == SegmentState.FULL) {
      full.put(segment.id(), content);
    }
    // Of a damaged hot segment nobody knows where it ended: positions go on behind all it can hold.
    boolean lost = !sound && record.state() == SegmentState.HOT;
    return segment.firstPosition() + (lost ? store.maxEntries() : content.entries());
  }

  /** The end of the segment before may be lost with a damaged meta page. */
  private boolean noteGap(Segment segment, long end) {
    boolean gap = end != 0 && end != segment.firstPosition();
    if (gap) {
      index.allowJumps();
      damage.add(
          new Damage(
              segment.relativePath(),
              segment.firstPosition(),
              "segment begins here, the one before ends at " + end));
    }
    return gap;
  }

  private boolean isSound(Segment segment) {
    Mapping mapping = segment.acquire();
    if (mapping == null) {
      return false;
    }
    try {
      StructureCheck.run(mapping.pages());
      return true;
    } catch (PageDamage | InternalError e) {
      damage.add(
          new Damage(segment.relativePath(), Damage.NO_POSITION, String.valueOf(e.getMessage())));
      return false;
    } finally {
      segment.release(mapping);
    }
  }

  private void noteLostCheckpoint(CatalogState before) {
    boolean sealed =
        before.files().stream()
            .anyMatch(
                file ->
                    file.state() == SegmentState.SEALED || file.state() == SegmentState.RELEASED);
    if (sealed) {
      damage.add(
          new Damage(
              CheckpointFile.NAME,
              Damage.NO_POSITION,
              "both copies are damaged: what released segments held is lost"));
      doubt();
    }
  }

  private void checkEnd(long known, long found) {
    if (known != CatalogState.UNKNOWN_END && found < known) {
      damage.add(
          new Damage(
              Segment.DIRECTORY,
              found,
              "entries end at " + found + ", they ended at " + known + " when it was closed"));
      doubt();
    }
  }

  Recovery result() {
    Map<Long, Map<GroupId, Long>> lastSeqs = new TreeMap<>();
    full.forEach((segment, content) -> lastSeqs.put(segment, content.lastSeqs()));
    return new Recovery(checkpoints, this::feed, lastSeqs, damage);
  }

  private void feed(Recovery.Visitor visitor) {
    for (Segment segment : tail) {
      SegmentScan.run(segment, Depth.KEYS, (key, body) -> feed(visitor, key, body));
      segment.unmap();
    }
  }

  private static void feed(Recovery.Visitor visitor, EntryKey key, @Nullable ByteBuffer body) {
    if (key.kind().holdsBatches()) {
      visitor.entry(new Entry(key.header(), List.of()));
    } else if (body != null) {
      ByteBuffer copy = ByteBuffer.allocate(body.remaining()).put(body).flip();
      visitor.entry(new Entry(key.header(), List.of(copy)));
    } else {
      visitor.lost(key.header(), "entry at position " + key.position() + " is damaged");
    }
  }
}
