package dev.leat.broker.journal;

import dev.leat.broker.journal.page.PageDamage;
import dev.leat.broker.log.CorruptEntryException;
import dev.leat.broker.log.Invariant;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A segment as readers see it: a file, mapped while it is read, with a count of those who read it.
 *
 * <p>The count is sacred: nobody may unmap, initialise anew or delete the file before it is zero.
 * All threads may use it.
 */
final class Segment {
  private final long id;
  private final int file;
  private final Path path;
  private final long firstPosition;
  private volatile @Nullable Snapshot snapshot;
  private volatile SegmentState state;

  /** Index and summary in memory, when those in the file are damaged or could not be written. */
  private volatile @Nullable Map<Long, ByteBuffer> rebuilt;

  private volatile boolean indexSound;

  // Guarded by this.
  private @Nullable Mapping mapping;
  private int readers;
  private boolean used;
  private boolean retired;

  Segment(SegmentRecord record, Path path) {
    this.id = record.segment();
    this.file = record.file();
    this.path = path;
    this.firstPosition = record.firstPosition();
    this.state = record.state();
  }

  /** Number of the segment. */
  long id() {
    return id;
  }

  /** Number of its file. */
  int file() {
    return file;
  }

  Path path() {
    return path;
  }

  long firstPosition() {
    return firstPosition;
  }

  SegmentState state() {
    return state;
  }

  void become(SegmentState next) {
    state = next;
  }

  /**
   * Maps the file for one more reader, who must give the result to {@link #release}.
   *
   * @return null if the segment has been given up
   */
  synchronized @Nullable Mapping acquire() {
    if (retired) {
      return null;
    }
    Mapping current = mapping;
    used = true;
    if (current != null && tooShort(current)) {
      unmap();
      current = null;
    }
    if (current == null) {
      current = map();
      current.use();
      mapping = current;
    }
    current.use();
    readers++;
    return current;
  }

  /** Sealing may have made the file longer. */
  private boolean tooShort(Mapping current) {
    Snapshot newest = snapshot;
    return newest != null && newest.lastPage() >= current.pages().pages();
  }

  private Mapping map() {
    try {
      return Mapping.of(path);
    } catch (IOException | PageDamage e) {
      throw new CorruptEntryException(name() + ": cannot be read: " + e.getMessage());
    }
  }

  /** One reader less. */
  synchronized void release(Mapping used) {
    Invariant.check(readers > 0, "segment released too often");
    readers--;
    if (used.unuse()) {
      used.unmap();
    }
  }

  /** Unmaps the file if nobody has read it since the last call: mapped pages count as memory. */
  synchronized void unmapIfIdle() {
    if (!used && readers == 0) {
      unmap();
    }
    used = false;
  }

  /** Unmaps the file as soon as nobody reads it; the next reader maps it again. */
  synchronized void unmap() {
    Mapping current = mapping;
    mapping = null;
    if (current != null && current.unuse()) {
      current.unmap();
    }
  }

  /** No more readers from now on. */
  synchronized void retire() {
    retired = true;
    unmap();
  }

  /** Number of readers. */
  synchronized int readers() {
    return readers;
  }

  /** Index and summary by key, if they are in memory. */
  @Nullable Map<Long, ByteBuffer> rebuilt() {
    return rebuilt;
  }

  /** Index and summary are in memory from now on. */
  void rebuild(Map<Long, ByteBuffer> blobs) {
    rebuilt = blobs;
  }

  /** Whether index and summary in the file were found sound. */
  boolean indexSound() {
    return indexSound;
  }

  void indexFoundSound() {
    indexSound = true;
  }

  /** The newest committed state. */
  Snapshot snapshot() {
    Snapshot current = snapshot;
    return current == null ? loadSnapshot() : current;
  }

  private Snapshot loadSnapshot() {
    Mapping used = acquire();
    if (used == null) {
      throw new IllegalStateException(name() + " has been given up");
    }
    try {
      Snapshot loaded = Snapshot.of(used.pages());
      snapshot = loaded;
      return loaded;
    } finally {
      release(used);
    }
  }

  /** Reads the state that the writer has just committed, and makes it what readers see. */
  Snapshot publish() {
    return loadSnapshot();
  }

  /** Where the file is, seen from the journal's directory. */
  String relativePath() {
    return SegmentStore.SEGMENTS + "/" + path.getFileName();
  }

  /** For messages: number and file. */
  String name() {
    return "segment " + id + " (" + path.getFileName() + ")";
  }
}
