package dev.leat.broker.journal.segment;

import dev.leat.broker.journal.index.JournalIndex;
import dev.leat.broker.journal.index.Placed;
import dev.leat.broker.journal.index.SealedIndex;
import dev.leat.broker.journal.index.UnsealedSegment;
import dev.leat.broker.journal.page.PageDamage;
import java.nio.ByteBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The index of a sealed segment. The one in the file is checked as a whole when the segment is
 * first used after a start; if it is damaged, another is built in memory from the entries.
 */
public final class SealedLookup {
  private SealedLookup() {}

  /** For a reader of a segment; valid as long as its mapping. */
  public static SealedIndex of(Segment segment, Mapping mapping) {
    Map<Long, ByteBuffer> rebuilt = segment.rebuilt();
    if (rebuilt == null && !segment.indexSound()) {
      rebuilt = check(segment, mapping);
    }
    return rebuilt == null
        ? new SealedIndex(stored(segment, mapping), segment.firstPosition())
        : new SealedIndex(rebuilt::get, segment.firstPosition());
  }

  private static @Nullable Map<Long, ByteBuffer> check(Segment segment, Mapping mapping) {
    if (complete(segment, mapping)) {
      segment.indexFoundSound();
      return null;
    }
    Map<Long, ByteBuffer> rebuilt = build(segment);
    segment.rebuild(rebuilt);
    return rebuilt;
  }

  private static boolean complete(Segment segment, Mapping mapping) {
    try {
      return stored(segment, mapping).complete();
    } catch (PageDamage | InternalError e) {
      return false;
    }
  }

  private static StoredBlobs stored(Segment segment, Mapping mapping) {
    return new StoredBlobs(mapping.pages(), segment.snapshot().index());
  }

  /** Index and summary from the entries themselves. */
  public static Map<Long, ByteBuffer> build(Segment segment) {
    JournalIndex index = new JournalIndex();
    UnsealedSegment content = new UnsealedSegment(segment.id(), segment.firstPosition());
    index.open(content);
    SegmentScan.run(segment, SegmentScan.Depth.KEYS, new Indexing(index, content));
    return index.blobs(content);
  }

  /**
   * Adds what a scan finds to an index.
   *
   * @param index the index
   * @param content the part of the segment
   */
  public record Indexing(JournalIndex index, UnsealedSegment content)
      implements SegmentScan.Visitor {
    @Override
    public void visit(EntryKey key, @Nullable ByteBuffer body) {
      int size = body == null ? 0 : body.limit();
      index.add(content, new Placed(key.header(), key.position(), size));
    }

    @Override
    public void gap() {
      index.allowJumps();
    }
  }
}
