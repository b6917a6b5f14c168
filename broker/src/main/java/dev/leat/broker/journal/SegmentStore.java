package dev.leat.broker.journal;

import dev.leat.broker.journal.JournalException.Reason;
import dev.leat.broker.journal.index.JournalIndex;
import dev.leat.broker.journal.index.UnsealedSegment;
import dev.leat.broker.log.Invariant;
import dev.leat.broker.log.JournalListener;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** The segments of a directory, and their way from spare to released. */
final class SegmentStore implements AutoCloseable {
  /** Directory of the segments' files. */
  static final String SEGMENTS = "segments";

  /** LMDB may let a file grow to this many times its size: what sealing adds must always fit. */
  private static final int MAP_FACTOR = 2;

  private final JournalConfig config;
  private final Catalog catalog;
  private final JournalIndex index;
  private final ConcurrentSkipListMap<Long, Segment> segments = new ConcurrentSkipListMap<>();
  private final Map<Long, HotSegment> writers = new ConcurrentSkipListMap<>();
  private @Nullable HotSegment hot;

  SegmentStore(JournalConfig config, Catalog catalog, JournalIndex index) {
    this.config = config;
    this.catalog = catalog;
    this.index = index;
  }

  Path path(int file) {
    return segmentFile(config.directory(), file);
  }

  static Path segmentFile(Path directory, int file) {
    return directory.resolve(SEGMENTS).resolve("%08d.mdb".formatted(file));
  }

  /** The segment of this number, or null if it is not there any more. */
  @Nullable Segment segment(long id) {
    return segments.get(id);
  }

  Iterable<Segment> segments() {
    return segments.values();
  }

  /** Adds a segment that was there when the journal was opened. */
  void add(Segment segment) {
    segments.put(segment.id(), segment);
  }

  /** Opens an unsealed segment for writing: the hot one, or a full one that is to be sealed. */
  HotSegment openForWriting(Segment segment, UnsealedSegment content) {
    SegmentWriter writer = SegmentWriter.open(segment.path(), config.segmentBytes() * MAP_FACTOR);
    Room room = new Room(config.segmentBytes(), config.segmentEntries());
    HotSegment opened = new HotSegment(segment, writer, content, room);
    room.settle(segment.publish());
    writers.put(segment.id(), opened);
    if (segment.state() == SegmentState.HOT) {
      hot = opened;
    }
    return opened;
  }

  HotSegment hot() {
    HotSegment current = hot;
    if (current == null) {
      throw new IllegalStateException("no hot segment");
    }
    return current;
  }

  /** The first hot segment of a directory, or the next one after a damaged one. */
  HotSegment begin(long position) {
    SegmentRecord record = addFile();
    long id = catalog.state().nextSegment();
    SegmentRecord next = record.asHot(id, position);
    catalog.update(state -> state.replace(next));
    return openHot(next);
  }

  /** Makes the hot segment full, which must be synced, and returns the next one. */
  HotSegment roll(HotSegment full, JournalListener listener) {
    SegmentRecord spare = addFile();
    SegmentRecord next = spare.asHot(catalog.state().nextSegment(), full.nextPosition());
    catalog.update(
        state -> state.replace(record(full.segment()).as(SegmentState.FULL)).replace(next));
    full.segment().become(SegmentState.FULL);
    HotSegment opened = openHot(next);
    listener.onFull(full.segment().id(), full.index().lastSeqs());
    return opened;
  }

  private HotSegment openHot(SegmentRecord record) {
    Segment segment = new Segment(record, path(record.file()));
    UnsealedSegment content = new UnsealedSegment(segment.id(), segment.firstPosition());
    segments.put(segment.id(), segment);
    index.open(content);
    return openForWriting(segment, content);
  }

  SegmentRecord record(Segment segment) {
    return catalog.state().files().stream()
        .filter(file -> file.file() == segment.file())
        .findFirst()
        .orElseThrow(() -> new Invariant.Violation(segment.name() + " is not in the catalog"));
  }

  /** Makes a file that was never written before: slower to fill than a spare. */
  private SegmentRecord addFile() {
    SegmentRecord spare = SegmentRecord.spare(catalog.state().nextFile());
    Path path = path(spare.file());
    try {
      Path directory = config.directory().resolve(SEGMENTS);
      Files.createDirectories(directory);
      Files.deleteIfExists(path);
      SegmentWriter.open(path, config.segmentBytes() * MAP_FACTOR).close();
      try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
        file.setLength(config.segmentBytes());
        file.getFD().sync();
      }
      syncDirectory(directory);
    } catch (IOException e) {
      throw new JournalException(
          Reason.IO, path + " cannot be made: " + e.getMessage() + ": check the disk", e);
    }
    catalog.update(state -> state.with(spare));
    return spare;
  }

  static void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public void close() {
    writers.values().forEach(writer -> writer.writer().close());
    segments.values().forEach(Segment::retire);
  }
}
