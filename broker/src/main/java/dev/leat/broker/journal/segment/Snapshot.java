package dev.leat.broker.journal.segment;

import dev.leat.broker.journal.page.MetaPage;
import dev.leat.broker.journal.page.PageFile;
import dev.leat.broker.journal.page.TreeCursor;
import dev.leat.broker.journal.page.TreeRoot;

/**
 * A segment as one transaction left it.
 *
 * @param transaction number of the transaction
 * @param lastPage highest page in use
 * @param entries tree of entries
 * @param index tree of whose the segment is, of its index and summary
 */
public record Snapshot(long transaction, long lastPage, TreeRoot entries, TreeRoot index) {
  /** LMDB reuses pages of transaction n from n + 3 on: until n + 1 is done, nothing is touched. */
  private static final int INTACT_FOR_TRANSACTIONS = 1;

  /** The newest one that is sound. */
  public static Snapshot of(PageFile file) {
    MetaPage meta = MetaPage.newestSound(file);
    return new Snapshot(
        meta.transaction(),
        meta.lastPage(),
        TreeCursor.named(file, meta, SegmentWriter.ENTRIES),
        TreeCursor.named(file, meta, SegmentWriter.INDEX));
  }

  /** Whether the pages are still what they were, when {@code newest} is the last one committed. */
  public boolean intact(Snapshot newest) {
    return newest.transaction <= transaction + INTACT_FOR_TRANSACTIONS;
  }
}
