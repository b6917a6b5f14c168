package dev.leat.broker.journal.verify;

import dev.leat.broker.journal.VerifyReport;
import dev.leat.broker.journal.index.JournalIndex;
import dev.leat.broker.journal.index.MovedPart;
import dev.leat.broker.journal.index.Placed;
import dev.leat.broker.journal.index.SealedIndex;
import dev.leat.broker.journal.index.UnsealedSegment;
import dev.leat.broker.journal.page.MetaPage;
import dev.leat.broker.journal.page.PageDamage;
import dev.leat.broker.journal.page.StructureCheck;
import dev.leat.broker.journal.segment.EntryKey;
import dev.leat.broker.journal.segment.Mapping;
import dev.leat.broker.journal.segment.Segment;
import dev.leat.broker.journal.segment.SegmentLabel;
import dev.leat.broker.journal.segment.SegmentRecord;
import dev.leat.broker.journal.segment.SegmentScan;
import dev.leat.broker.journal.segment.SegmentScan.Depth;
import dev.leat.broker.journal.segment.SegmentState;
import dev.leat.broker.journal.segment.Snapshot;
import dev.leat.broker.journal.segment.StoredBlobs;
import dev.leat.broker.journal.store.CatalogState;
import dev.leat.broker.journal.store.SegmentStore;
import dev.leat.broker.log.CorruptEntryException;
import dev.leat.broker.log.Damage;
import dev.leat.broker.log.EntryKind;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.SegmentSummary.PartitionPart;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Verifies the segments of a directory, one after the other in order of position. */
public final class SegmentVerifier {
  /** Nobody knows where the next segment must begin. */
  private static final long UNKNOWN = -1;

  private final Path directory;
  private final CatalogState catalog;
  private final Findings findings;
  private final Map<Integer, LogOrder> groups = new TreeMap<>();

  /** From which seq on a sealed index leaves out entries: a later entry must have cut them. */
  private final Map<Integer, Long> pendingCuts = new HashMap<>();

  private long entries;
  private long bytes;
  private long due = UNKNOWN;
  private long lastSegment;

  public SegmentVerifier(Path directory, CatalogState catalog, Findings findings) {
    this.directory = directory;
    this.catalog = catalog;
    this.findings = findings;
  }

  public VerifyReport report(int segments) {
    return new VerifyReport(
        findings.kept(),
        findings.count() - findings.kept().size(),
        segments,
        entries,
        bytes,
        groups.size(),
        groups.values().stream().mapToInt(LogOrder::partitions).sum());
  }

  public void verify(SegmentRecord record) {
    Path path = directory.resolve(SegmentStore.relativePath(record.file()));
    Segment segment = new Segment(record, path);
    if (record.isMoved()) {
      verifyMoved(record, segment);
      return;
    }
    long before = findings.count();
    if (!follows(record)) {
      forget();
    }
    lastSegment = record.segment();
    if (due != UNKNOWN && due != record.firstPosition()) {
      report(segment, record.firstPosition(), "segment begins here, entry " + due + " is due");
    }
    read(record, segment);
    if (findings.count() > before) {
      forget();
    }
  }

  /** Entries of this segment must follow those of the last one: none in between was released. */
  private boolean follows(SegmentRecord record) {
    return record.segment() == lastSegment + 1 || record.firstPosition() == due;
  }

  private void verifyMoved(SegmentRecord record, Segment segment) {
    long dueBefore = due;
    read(record, segment);
    due = dueBefore;
  }

  private void read(SegmentRecord record, Segment segment) {
    try {
      Mapping mapping = segment.acquire();
      if (mapping != null) {
        verify(record, segment, mapping);
        segment.release(mapping);
      }
    } catch (PageDamage | CorruptEntryException | InternalError e) {
      report(segment, Damage.NO_POSITION, String.valueOf(e.getMessage()));
    }
    segment.retire();
  }

  /** A segment in between is damaged, or released: what follows need not fit to what was before. */
  private void forget() {
    due = UNKNOWN;
    groups.values().forEach(LogOrder::gap);
    pendingCuts.clear();
  }

  private void verify(SegmentRecord record, Segment segment, Mapping mapping) {
    long before = findings.count();
    try {
      StructureCheck.run(mapping.pages());
    } catch (PageDamage e) {
      report(segment, Damage.NO_POSITION, String.valueOf(e.getMessage()));
    }
    UnsealedSegment content = new UnsealedSegment(segment.id(), segment.firstPosition());
    Scan scan = new Scan(segment, content);
    SegmentScan.run(segment, Depth.ALL, scan).forEach(findings::add);
    due = scan.expected;
    if (findings.count() == before) {
      verifyIndex(record, segment, mapping, scan);
    }
  }

  /** Checks each entry, and builds the index that the segment should have. */
  private final class Scan implements SegmentScan.Visitor {
    private final Segment segment;
    private final UnsealedSegment content;
    private final JournalIndex index = new JournalIndex();
    private final @Nullable MovedOrder moved;
    private long expected;

    Scan(Segment segment, UnsealedSegment content) {
      this.segment = segment;
      this.content = content;
      this.expected = segment.firstPosition();
      this.moved = segment.isMoved() ? new MovedOrder() : null;
      index.open(content);
    }

    @Override
    public void visit(EntryKey key, @Nullable ByteBuffer body) {
      if (key.position() != expected) {
        report(segment, key.position(), "entry " + expected + " is due here");
      }
      expected = key.position() + 1;
      entries++;
      bytes += body == null ? 0 : body.limit();
      LogOrder log = groups.computeIfAbsent(key.group(), group -> new LogOrder());
      String wrong = moved == null ? log.next(key) : moved.next(key);
      if (wrong != null) {
        report(segment, key.position(), wrong);
        index.allowJumps();
        return;
      }
      if (key.kind() == EntryKind.REPLICA) {
        pendingCuts.remove(key.group());
      }
      if (key.kind().inLog()) {
        pendingCuts.computeIfPresent(key.group(), (group, seq) -> key.seq() <= seq ? null : seq);
      }
      index.add(content, new Placed(key.header(), key.position(), body == null ? 0 : body.limit()));
    }

    @Override
    public void gap() {
      if (moved != null) {
        return;
      }
      groups.values().forEach(LogOrder::gap);
      index.allowJumps();
    }
  }

  /** Compares label, index and summary with what the entries say. */
  private void verifyIndex(SegmentRecord record, Segment segment, Mapping mapping, Scan scan) {
    Snapshot snapshot = Snapshot.of(mapping.pages());
    if (MetaPage.newest(mapping.pages()).transaction() == 0) {
      return;
    }
    StoredBlobs stored = new StoredBlobs(mapping.pages(), snapshot.index());
    ByteBuffer label = stored.blob(SegmentLabel.KEY);
    if (label == null || !label.equals(SegmentLabel.of(catalog.storeId(), record))) {
      report(segment, Damage.NO_POSITION, "label is not that of the segment in the catalog");
    }
    if (record.state() != SegmentState.SEALED || record.damaged()) {
      return;
    }
    if (!stored.complete()) {
      report(segment, Damage.NO_POSITION, "index or summary is damaged");
      return;
    }
    undoCuts(new SealedIndex(stored, segment.firstPosition()), scan);
    NavigableMap<Long, ByteBuffer> wanted = scan.index.blobs(scan.content);
    if (segment.isMoved()) {
      addMoved(segment, stored, scan, wanted);
    }
    for (Map.Entry<Long, ByteBuffer> blob : wanted.entrySet()) {
      if (!blob.getValue().equals(stored.blob(blob.getKey()))) {
        report(
            segment,
            Damage.NO_POSITION,
            "index or summary %016x does not agree with the entries".formatted(blob.getKey()));
      }
    }
    // The label is stored beside what sealing adds.
    if (snapshot.index().entries() != wanted.size() + 1) {
      report(segment, Damage.NO_POSITION, "index has parts that no entry explains");
    }
  }

  /** What was moved there is within what the segment says to stand for. */
  private void addMoved(
      Segment segment, StoredBlobs stored, Scan scan, NavigableMap<Long, ByteBuffer> wanted) {
    List<MovedPart> moved = new SealedIndex(stored, segment.firstPosition()).moved();
    for (PartitionPart part : scan.index.partitions(scan.content)) {
      boolean within =
          moved.stream()
              .anyMatch(
                  range ->
                      range.isOf(part.group(), part.partition())
                          && range.from() <= part.firstOffset()
                          && range.to() > part.lastOffset());
      if (!within) {
        report(
            segment,
            Damage.NO_POSITION,
            "entries of partition %d in group %s are not where the summary says"
                .formatted(part.partition(), part.group()));
      }
    }
    JournalIndex.putMoved(wanted, moved);
  }

  /** Entries that were cut by later ones before the segment was sealed are not in its index. */
  private void undoCuts(SealedIndex stored, Scan scan) {
    Map<GroupId, Long> lasts = new HashMap<>();
    stored.groups().forEach(part -> lasts.put(part.group(), part.lastSeq()));
    Set<GroupId> known = new HashSet<>(lasts.keySet());
    stored.partitions().forEach(part -> known.add(part.group()));
    for (PartitionPart part : scan.index.partitions(scan.content)) {
      if (!known.contains(part.group())) {
        // Nothing at all is left: a new replica begins in a later segment.
        scan.index.restart(part.group());
        pendingCuts.put(part.group().value(), 1L);
      }
    }
    for (SealedIndex.GroupPart part : scan.index.groups(scan.content)) {
      long last = lasts.getOrDefault(part.group(), part.firstSeq() - 1);
      if (last < part.lastSeq()) {
        scan.index.cut(part.group(), last + 1);
        pendingCuts.merge(part.group().value(), last + 1, Math::min);
      }
    }
  }

  /** To be called after the last segment. */
  public void finish() {
    pendingCuts.forEach(
        (group, seq) ->
            findings.add(
                Segment.DIRECTORY,
                Damage.NO_POSITION,
                "an index leaves out group " + new GroupId(group) + " from seq " + seq + " on"));
    if (catalog.end() != CatalogState.UNKNOWN_END && due != UNKNOWN && due != catalog.end()) {
      findings.add(
          Segment.DIRECTORY,
          due,
          "entries end here; they ended at " + catalog.end() + " when the journal was closed");
    }
  }

  private void report(Segment segment, long position, String what) {
    findings.add(segment.relativePath(), position, what);
  }
}
