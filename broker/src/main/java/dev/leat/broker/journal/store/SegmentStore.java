package dev.leat.broker.journal.store;

import dev.leat.broker.journal.JournalConfig;
import dev.leat.broker.journal.JournalException;
import dev.leat.broker.journal.JournalException.Reason;
import dev.leat.broker.journal.index.JournalIndex;
import dev.leat.broker.journal.index.UnsealedSegment;
import dev.leat.broker.journal.segment.HotSegment;
import dev.leat.broker.journal.segment.Mapping;
import dev.leat.broker.journal.segment.Room;
import dev.leat.broker.journal.segment.SealedLookup;
import dev.leat.broker.journal.segment.Segment;
import dev.leat.broker.journal.segment.SegmentLabel;
import dev.leat.broker.journal.segment.SegmentRecord;
import dev.leat.broker.journal.segment.SegmentState;
import dev.leat.broker.journal.segment.SegmentWriter;
import dev.leat.broker.journal.segment.Snapshot;
import dev.leat.broker.log.JournalListener;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The segments of a directory, and their way from spare to released. Every step is in the catalog,
 * durably, before anything is done that the step before does not allow.
 *
 * <p>The journal loop rolls; the keeper does all else; any thread may look.
 */
public final class SegmentStore implements AutoCloseable {
  /** LMDB may let a file grow to this many times its size: what sealing adds must always fit. */
  private static final int MAP_FACTOR = 2;

  /** With so many segments' worth of free space, a file may be used that has no blocks yet. */
  private static final int PLENTY_SEGMENTS = 4;

  private final JournalConfig config;
  private final Catalog catalog;
  private final JournalIndex index;
  private final SegmentFiles files;
  private final Spares spares;
  private final DiskSpace disk;
  private final ConcurrentSkipListMap<Long, Segment> segments = new ConcurrentSkipListMap<>();
  private final Map<Long, UnsealedSegment> unsealed = new ConcurrentHashMap<>();
  private final Map<Long, HotSegment> writable = new ConcurrentHashMap<>();
  private volatile @Nullable HotSegment hot;

  public SegmentStore(JournalConfig config, Catalog catalog, JournalIndex index) {
    this.config = config;
    this.catalog = catalog;
    this.index = index;
    this.files = new SegmentFiles(config.directory(), catalog.state().nextFile());
    this.spares = new Spares(config.segmentBytes());
    this.disk = new DiskSpace(config);
  }

  public Path path(int file) {
    return files.path(file);
  }

  public SegmentFiles files() {
    return files;
  }

  public Spares spares() {
    return spares;
  }

  /** The segment of this number, or null if it is not there any more. */
  public @Nullable Segment segment(long id) {
    return segments.get(id);
  }

  /** All segments that are not released, in order. */
  public Collection<Segment> segments() {
    return segments.values();
  }

  /** What an unsealed segment holds, or null if it is sealed or gone. */
  public @Nullable UnsealedSegment unsealed(long id) {
    return unsealed.get(id);
  }

  /** Bytes of all files; 0 if nobody needs to know. */
  private long takenBytes() {
    long taken = 0;
    if (config.maxBytes() == JournalConfig.UNLIMITED) {
      return taken;
    }
    for (SegmentRecord record : catalog.state().files()) {
      taken += Math.max(0, files.size(record.file()));
    }
    return taken;
  }

  /** Bytes that may still be taken from the disk. */
  public long freeBytes() {
    return disk.free(takenBytes());
  }

  /**
   * Bytes that batches find in segments after the hot one. Negative when the reserve of the disk
   * has been used: it must be whole again before batches get anything.
   */
  public long roomElsewhere() {
    long beyondReserve = freeBytes() - disk.reserve();
    if (beyondReserve < 0) {
      return beyondReserve;
    }
    long count = spares.count() + beyondReserve / config.segmentBytes();
    return count * new Room(config.segmentBytes(), config.segmentEntries()).freeBytes(0);
  }

  public static String relativePath(int file) {
    return Segment.DIRECTORY + "/" + SegmentFiles.name(file);
  }

  /** Most entries in a segment. */
  public int maxEntries() {
    return config.segmentEntries();
  }

  public boolean hasHot() {
    return hot != null;
  }

  /** Adds a spare that was there when the journal was opened; false if it is of no use. */
  public boolean addSpare(SegmentRecord spare) {
    boolean useful = files.size(spare.file()) >= config.segmentBytes();
    if (useful) {
      files.emptyIfNot(spare.file());
      spares.add(spare);
    }
    return useful;
  }

  public HotSegment hot() {
    HotSegment current = hot;
    if (current == null) {
      throw new IllegalStateException("no hot segment");
    }
    return current;
  }

  /** Begins a segment for entries that are moved; nobody sees it before {@link #finishMoved}. */
  public HotSegment beginMoved() {
    int file = files.makeGrowing();
    SegmentRecord record =
        catalog
            .update(state -> state.with(SegmentRecord.filling(file, state.nextSegment())))
            .file(file);
    Segment segment = new Segment(record, path(file));
    SegmentWriter writer = SegmentWriter.open(segment.path(), config.segmentBytes() * MAP_FACTOR);
    writer.putIndex(SegmentLabel.KEY, label(file));
    return new HotSegment(
        segment,
        writer,
        new UnsealedSegment(segment.id(), segment.firstPosition()),
        new Room(config.segmentBytes(), config.segmentEntries()));
  }

  /**
   * Seals a segment that entries were moved to; from now on they count, durably, and those that
   * they were copied from do not any more.
   */
  public void finishMoved(HotSegment moved, Map<Long, ByteBuffer> blobs) {
    Segment segment = moved.segment();
    int file = segment.file();
    moved.seal(blobs, label(file));
    segment.indexFoundSound();
    segment.become(SegmentState.SEALED);
    catalog.update(state -> state.replace(state.file(file).as(SegmentState.SEALED)));
    segments.put(segment.id(), segment);
    indexMoved(segment);
  }

  private ByteBuffer label(int file) {
    CatalogState state = catalog.state();
    return SegmentLabel.of(state.storeId(), state.file(file));
  }

  private void indexMoved(Segment segment) {
    Mapping mapping = segment.acquire();
    if (mapping != null) {
      try {
        index.addMoved(segment.id(), SealedLookup.of(segment, mapping), Set.of());
      } finally {
        segment.release(mapping);
      }
    }
  }

  /** Gives up a segment that entries were being moved to. */
  public void abandonMoved(HotSegment moved) {
    moved.segment().retire();
    moved.writer().close();
    int file = moved.segment().file();
    catalog.update(state -> state.without(file));
    files.delete(file);
  }

  /** Bytes of a segment's file. */
  public long fileBytes(Segment segment) {
    return Math.max(0, files.size(segment.file()));
  }

  /** Whether so many bytes can be taken from the disk, and records still find what is held back. */
  public boolean hasRoomFor(long bytes) {
    return freeBytes() >= bytes + disk.reserve();
  }

  /** Adds a sealed segment that was there when the journal was opened. */
  public void addSealed(Segment segment) {
    segments.put(segment.id(), segment);
  }

  /** Adds an unsealed segment that was there when the journal was opened. */
  public UnsealedSegment addUnsealed(Segment segment) {
    UnsealedSegment content = new UnsealedSegment(segment.id(), segment.firstPosition());
    segments.put(segment.id(), segment);
    unsealed.put(segment.id(), content);
    index.open(content);
    return content;
  }

  /** Opens an unsealed segment, which must be sound, for writing. */
  public HotSegment openForWriting(Segment segment, UnsealedSegment content) {
    SegmentWriter writer = SegmentWriter.open(segment.path(), config.segmentBytes() * MAP_FACTOR);
    Room room = new Room(files.size(segment.file()), config.segmentEntries());
    HotSegment opened = new HotSegment(segment, writer, content, room);
    Snapshot found = segment.publish();
    room.settle(found);
    if (found.transaction() == 0) {
      SegmentRecord record = catalog.state().file(segment.file());
      writer.putIndex(SegmentLabel.KEY, SegmentLabel.of(catalog.state().storeId(), record));
    }
    writable.put(segment.id(), opened);
    if (segment.state() == SegmentState.HOT) {
      hot = opened;
    }
    return opened;
  }

  /** Begins the first hot segment of a directory, or the next one after one that is lost. */
  public void begin(long position) {
    SegmentRecord spare = nextFile(false);
    if (spare == null) {
      throw full();
    }
    int file = spare.file();
    openHot(
        catalog
            .update(state -> state.replace(spare.asHot(state.nextSegment(), position)))
            .file(file));
  }

  /**
   * Makes the hot segment full, which must be synced, and returns the next one.
   *
   * @param forBatches whether it is batches that want room: for other entries the last reserve is
   *     used too
   * @return null if there is no room for another segment
   */
  public @Nullable HotSegment roll(HotSegment full, boolean forBatches, JournalListener listener) {
    SegmentRecord spare = nextFile(forBatches);
    if (spare == null) {
      return null;
    }
    int file = full.segment().file();
    CatalogState rolled =
        catalog.update(
            state ->
                state
                    .replace(state.file(file).as(SegmentState.FULL))
                    .replace(spare.asHot(state.nextSegment(), full.nextPosition())));
    full.segment().become(SegmentState.FULL);
    HotSegment opened = openHot(rolled.file(spare.file()));
    listener.onFull(full.segment().id(), full.index().lastSeqs());
    return opened;
  }

  private HotSegment openHot(SegmentRecord record) {
    Segment segment = new Segment(record, path(record.file()));
    return openForWriting(segment, addUnsealed(segment));
  }

  private @Nullable SegmentRecord nextFile(boolean forBatches) {
    SegmentRecord spare = spares.take();
    return spare == null ? makeFile(forBatches) : spare;
  }

  private @Nullable SegmentRecord makeFile(boolean forBatches) {
    long size = config.segmentBytes();
    long free = freeBytes();
    int number;
    if (free >= PLENTY_SEGMENTS * size) {
      number = files.makeSparse(size);
    } else if (free >= size + disk.reserve()) {
      number = files.makeWritten(size, SegmentFiles.Pace.FULL_SPEED);
    } else if (!forBatches && free >= disk.reserveSegmentBytes()) {
      number = files.makeWritten(disk.reserveSegmentBytes(), SegmentFiles.Pace.FULL_SPEED);
    } else {
      return null;
    }
    SegmentRecord made = SegmentRecord.spare(number);
    catalog.update(state -> state.with(made));
    return made;
  }

  /** Seals a full segment. */
  public void seal(long id) {
    Segment segment = segments.get(id);
    UnsealedSegment content = unsealed.get(id);
    if (segment == null || content == null || segment.state() != SegmentState.FULL) {
      throw new IllegalStateException("segment " + id + " is not full, or sealed already");
    }
    NavigableMap<Long, ByteBuffer> blobs = index.blobs(content);
    HotSegment full = writable.remove(id);
    if (full == null) {
      // Damaged: never to be written again.
      segment.rebuild(blobs);
    } else {
      full.seal(
          blobs, SegmentLabel.of(catalog.state().storeId(), catalog.state().file(segment.file())));
      segment.indexFoundSound();
    }
    catalog.update(
        state ->
            state
                .replace(state.file(segment.file()).as(SegmentState.SEALED))
                .withRestarts(id, content.restarted()));
    segment.become(SegmentState.SEALED);
    index.seal(content);
    unsealed.remove(id);
  }

  /** Readers of all segments. */
  public int readers() {
    return segments.values().stream().mapToInt(Segment::readers).sum();
  }

  /** Gives up a sealed segment; its file is free once it has no readers. */
  public Segment release(long id) {
    Segment segment = segments.get(id);
    if (segment == null || segment.state() != SegmentState.SEALED) {
      throw new IllegalStateException("segment " + id + " is not sealed, or released already");
    }
    Mapping mapping = segment.acquire();
    if (mapping != null) {
      try {
        index.release(id, SealedLookup.of(segment, mapping));
      } finally {
        segment.release(mapping);
      }
    }
    segments.remove(id);
    segment.become(SegmentState.RELEASED);
    catalog.update(state -> state.replace(state.file(segment.file()).as(SegmentState.RELEASED)));
    segment.retire();
    return segment;
  }

  /** Makes a released file, which nobody reads any more, a spare, or deletes it. */
  public void recycle(int file, boolean wanted) {
    if (wanted && files.size(file) >= config.segmentBytes()) {
      files.empty(file);
      SegmentRecord spare = SegmentRecord.spare(file);
      catalog.update(state -> state.replace(spare));
      spares.add(spare);
    } else {
      catalog.update(state -> state.without(file));
      files.delete(file);
    }
  }

  /** Whether there are fewer spares than this rate needs. */
  public boolean lacksSpares(long bytesPerSecond) {
    int count = spares.count();
    long free = freeBytes() + count * config.segmentBytes();
    return count < spares.wanted(bytesPerSecond, free);
  }

  /** Whether the disk has room for one more spare, beside what is held in reserve. */
  public boolean hasRoomForSpare() {
    return freeBytes() >= config.segmentBytes() + disk.reserve();
  }

  /** Makes one more spare. */
  public void makeSpare(SegmentFiles.Pace pace) {
    int number = files.makeWritten(config.segmentBytes(), pace);
    if (number >= 0) {
      SegmentRecord spare = SegmentRecord.spare(number);
      catalog.update(state -> state.with(spare));
      spares.add(spare);
    }
  }

  /** The last resort of the journal loop. */
  public JournalException full() {
    return new JournalException(
        Reason.DISK_FULL,
        config.directory()
            + " has no room for another segment, "
            + freeBytes()
            + " bytes are free: enlarge the disk, then start again");
  }

  @Override
  public void close() {
    writable.values().forEach(writer -> writer.writer().close());
    segments.values().forEach(Segment::retire);
  }
}
