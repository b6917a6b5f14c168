package dev.leat.broker.journal.segment;

import dev.leat.broker.journal.index.SealedIndex;
import dev.leat.broker.journal.page.PageDamage;
import dev.leat.broker.journal.page.TreeCursor;
import dev.leat.broker.log.CorruptEntryException;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads entries of one segment by position, and checks what it finds. Belongs to one thread.
 *
 * <p>The segment may be written meanwhile. What the walk sees is then a {@link Snapshot}; pages of
 * the path to the last leaf are overwritten two transactions later, so after the walk the reader
 * looks whether it was fast enough, and else walks again. What lies in the last leaf is copied; all
 * other leaves and all values with pages of their own never change, and are not copied.
 */
public final class EntryReader implements AutoCloseable {
  private final Segment segment;
  private final Mapping mapping;
  private final TreeCursor cursor;
  private final EntryKey key = new EntryKey();
  private final EntryBody body = new EntryBody();
  private ByteBuffer bytes;
  private int bodyAt;
  private int bodySize;

  private EntryReader(Segment segment, Mapping mapping) {
    this.segment = segment;
    this.mapping = mapping;
    this.cursor = new TreeCursor(mapping.pages());
    this.bytes = mapping.pages().data();
  }

  /** Opens a segment for reading, or returns null if it has been given up. */
  public static @Nullable EntryReader open(Segment segment) {
    Mapping mapping = segment.acquire();
    return mapping == null ? null : new EntryReader(segment, mapping);
  }

  /**
   * Goes to the entry at a position. Its key and, but for the records of batches, its body are
   * sound.
   *
   * @throws CorruptEntryException if it is damaged or missing
   */
  public void read(long position) {
    locate(position);
    String damage = key.damage();
    if (damage == null && key.position() != position) {
      damage = "is missing; the next one is " + key.position();
    }
    if (damage == null) {
      damage = bodyDamage();
    }
    if (damage != null) {
      throw corrupt(position, damage);
    }
  }

  private @Nullable String bodyDamage() {
    try {
      return body.damage(key, bytes, bodyAt, bodySize);
    } catch (InternalError e) {
      return "the disk cannot read it: " + e.getMessage();
    }
  }

  private void locate(long position) {
    while (true) {
      Snapshot snapshot = snapshot(position);
      String damage = null;
      try {
        if (walk(snapshot, position)) {
          copyFromLastLeaf();
        } else {
          damage = "is missing";
        }
      } catch (PageDamage | IndexOutOfBoundsException | InternalError e) {
        damage = e.getMessage();
      }
      VarHandle.acquireFence();
      if (snapshot.intact(segment.snapshot())) {
        if (damage != null) {
          throw corrupt(position, damage);
        }
        return;
      }
    }
  }

  private Snapshot snapshot(long position) {
    try {
      return segment.snapshot();
    } catch (PageDamage | InternalError e) {
      throw corrupt(position, String.valueOf(e.getMessage()));
    }
  }

  private boolean walk(Snapshot snapshot, long position) {
    if (!cursor.seek(snapshot.entries(), position)) {
      return false;
    }
    bytes = mapping.pages().data();
    key.at(bytes, cursor.keyAt(), cursor.keySize());
    bodyAt = cursor.valueAt();
    bodySize = cursor.valueSize();
    return true;
  }

  private void copyFromLastLeaf() {
    if (segment.state() != SegmentState.HOT || !cursor.inLastLeaf()) {
      return;
    }
    int keySize = cursor.keySize();
    boolean inline = !cursor.inOverflow();
    ByteBuffer copy = ByteBuffer.allocate(keySize + (inline ? bodySize : 0));
    copy.put(0, bytes, cursor.keyAt(), keySize);
    key.at(copy, 0, keySize);
    if (inline) {
      copy.put(keySize, bytes, bodyAt, bodySize);
      bytes = copy;
      bodyAt = keySize;
    }
  }

  /** The damage as an exception that names the place. */
  public CorruptEntryException corrupt(long position, String what) {
    return new CorruptEntryException(segment.name() + ", entry " + position + ": " + what);
  }

  /** The key of the entry. */
  public EntryKey key() {
    return key;
  }

  /** The buffer in which the body of the entry lies. */
  public ByteBuffer bytes() {
    return bytes;
  }

  /** First byte of the body. */
  public int bodyAt() {
    return bodyAt;
  }

  /** Bytes of the body. */
  public int bodySize() {
    return bodySize;
  }

  /** Checks the records of all batches of the entry. */
  public void checkRecords() {
    String damage = body.recordDamage(bytes, bodyAt, bodySize);
    if (damage != null) {
      throw corrupt(key.position(), damage);
    }
  }

  /** Whether the records of a batch are sound. */
  public boolean batchSound(int from, int length) {
    return body.batchSound(bytes, from, length);
  }

  public Segment segment() {
    return segment;
  }

  /**
   * Asks the index of the segment, which must be sealed.
   *
   * @throws CorruptEntryException if the disk does not deliver what was found sound before
   */
  public <T> T sealed(Function<SealedIndex, T> question) {
    try {
      return question.apply(SealedLookup.of(segment, mapping));
    } catch (PageDamage | IndexOutOfBoundsException | InternalError e) {
      throw new CorruptEntryException(segment.name() + ", index: " + e.getMessage());
    }
  }

  /**
   * Lets the index of the segment, which must be sealed, fill in positions.
   *
   * @throws CorruptEntryException if the disk does not deliver what was found sound before
   */
  public void lookUp(Consumer<SealedIndex> lookup) {
    sealed(
        index -> {
          lookup.accept(index);
          return true;
        });
  }

  /** Whether the mapping reaches to the end: sealing may have made the file longer. */
  public boolean reachesEnd() {
    return segment.snapshot().lastPage() < mapping.pages().pages();
  }

  /** Lets go of the segment: views of its bytes are not to be used any more. */
  @Override
  public void close() {
    segment.release(mapping);
  }
}
