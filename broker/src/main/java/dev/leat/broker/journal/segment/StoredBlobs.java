package dev.leat.broker.journal.segment;

import dev.leat.broker.journal.index.SegmentBlobs;
import dev.leat.broker.journal.page.PageFile;
import dev.leat.broker.journal.page.TreeCursor;
import dev.leat.broker.journal.page.TreeRoot;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Index and summary in a sealed segment's file. Belongs to one thread. */
public final class StoredBlobs implements SegmentBlobs {
  private final PageFile pages;
  private final TreeRoot tree;
  private final TreeCursor cursor;

  public StoredBlobs(PageFile pages, TreeRoot tree) {
    this.pages = pages;
    this.tree = tree;
    this.cursor = new TreeCursor(pages);
  }

  @Override
  public @Nullable ByteBuffer blob(long key) {
    if (!cursor.seek(tree, key) || pages.data().getLong(cursor.keyAt()) != key) {
      return null;
    }
    return current();
  }

  private ByteBuffer current() {
    return pages.data().slice(cursor.valueAt(), cursor.valueSize());
  }

  /** Whether everything that sealing adds is there, and sound. */
  public boolean complete() {
    if (blob(PARTITIONS) == null || blob(GROUPS) == null) {
      return false;
    }
    for (boolean more = cursor.first(tree); more; more = cursor.next()) {
      if (!SegmentBlobs.sound(current())) {
        return false;
      }
    }
    return true;
  }
}
