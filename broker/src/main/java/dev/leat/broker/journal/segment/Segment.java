package dev.leat.broker.journal.segment;

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
public final class Segment {
  /** Directory of the segments' files. */
  public static final String DIRECTORY = "segments";

  private final long id;
  private final int file;
  private final Path path;
  private final long firstPosition;
  private final boolean moved;
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

  public Segment(SegmentRecord record, Path path) {
    this.id = record.segment();
    this.file = record.file();
    this.path = path;
    this.firstPosition = record.firstPosition();
    this.moved = record.isMoved();
    this.state = record.state();
  }

  /** Number of the segment. */
  public long id() {
    return id;
  }

  /** Number of its file. */
  public int file() {
    return file;
  }

  public Path path() {
    return path;
  }

  public long firstPosition() {
    return firstPosition;
  }

  /** Whether its entries have been moved there, and not appended. */
  public boolean isMoved() {
    return moved;
  }

  public SegmentState state() {
    return state;
  }

  public void become(SegmentState next) {
    state = next;
  }

  /**
   * Maps the file for one more reader, who must give the result to {@link #release}.
   *
   * @return null if the segment has been given up
   */
  public synchronized @Nullable Mapping acquire() {
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
  public synchronized void release(Mapping used) {
    Invariant.check(readers > 0, "segment released too often");
    readers--;
    if (used.unuse()) {
      used.unmap();
    }
  }

  /** Unmaps the file if nobody has read it since the last call: mapped pages count as memory. */
  public synchronized void unmapIfIdle() {
    if (!used && readers == 0) {
      unmap();
    }
    used = false;
  }

  /** Unmaps the file as soon as nobody reads it; the next reader maps it again. */
  public synchronized void unmap() {
    Mapping current = mapping;
    mapping = null;
    if (current != null && current.unuse()) {
      current.unmap();
    }
  }

  /** No more readers from now on. */
  public synchronized void retire() {
    retired = true;
    unmap();
  }

  /** Number of readers. */
  public synchronized int readers() {
    return readers;
  }

  /** Index and summary by key, if they are in memory. */
  public @Nullable Map<Long, ByteBuffer> rebuilt() {
    return rebuilt;
  }

  /** Index and summary are in memory from now on. */
  public void rebuild(Map<Long, ByteBuffer> blobs) {
    rebuilt = blobs;
  }

  /** Whether index and summary in the file were found sound. */
  public boolean indexSound() {
    return indexSound;
  }

  public void indexFoundSound() {
    indexSound = true;
  }

  /** The newest committed state. */
  public Snapshot snapshot() {
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
  public Snapshot publish() {
    if (moved) {
      // Its file grows with every commit.
      unmap();
    }
    return loadSnapshot();
  }

  /** Where the file is, seen from the journal's directory. */
  public String relativePath() {
    return Segment.DIRECTORY + "/" + path.getFileName();
  }

  /** For messages: number and file. */
  public String name() {
    return "segment " + id + " (" + path.getFileName() + ")";
  }
}
