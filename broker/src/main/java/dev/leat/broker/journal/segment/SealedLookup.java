package dev.leat.broker.journal.segment;

import dev.leat.broker.journal.index.JournalIndex;
import dev.leat.broker.journal.index.MovedPart;
import dev.leat.broker.journal.index.Placed;
import dev.leat.broker.journal.index.SealedIndex;
import dev.leat.broker.journal.index.UnsealedSegment;
import dev.leat.broker.journal.page.PageDamage;
import dev.leat.broker.log.SegmentSummary.PartitionPart;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
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
    NavigableMap<Long, ByteBuffer> blobs = index.blobs(content);
    if (segment.isMoved()) {
      JournalIndex.putMoved(blobs, guessMoved(index.partitions(content)));
    }
    return blobs;
  }

  /**
   * What of older segments does not count can only be guessed: what ends where this segment has
   * something. At worst records are back that had been compacted away, until they are again.
   */
  private static List<MovedPart> guessMoved(List<PartitionPart> parts) {
    return parts.stream()
        .map(
            part ->
                new MovedPart(
                    part.group(),
                    part.partition(),
                    part.firstOffset(),
                    part.lastOffset() + 1,
                    PartitionPart.NEVER))
        .toList();
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
