package dev.leat.broker.journal.read;

import dev.leat.broker.journal.segment.EntryReader;
import dev.leat.broker.journal.segment.Segment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** The segments that one read uses, held until its result is closed. */
public final class SegmentReaders implements AutoCloseable {
  private final LongFunction<@Nullable Segment> segments;
  private final List<EntryReader> open = new ArrayList<>(1);
  private boolean closed;

  public SegmentReaders(LongFunction<@Nullable Segment> segments) {
    this.segments = segments;
  }

  /** The reader of a segment, or null if it has been given up. */
  public @Nullable EntryReader of(long id) {
    for (EntryReader reader : open) {
      if (reader.segment().id() == id && reader.reachesEnd()) {
        return reader;
      }
    }
    Segment segment = segments.apply(id);
    EntryReader reader = segment == null ? null : EntryReader.open(segment);
    if (reader != null) {
      open.add(reader);
    }
    return reader;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      open.forEach(EntryReader::close);
    }
  }
}
