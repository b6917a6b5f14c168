package dev.leat.broker.journal;

import dev.leat.broker.journal.page.PageDamage;
import dev.leat.broker.journal.page.PageFile;
import dev.leat.broker.journal.page.TreeCursor;
import dev.leat.broker.log.Damage;
import dev.leat.broker.log.EntryKind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Reads all entries of a segment in order of position, and goes on behind damage. */
final class SegmentScan {
  private final Segment segment;
  private final List<Damage> damage = new ArrayList<>();
  private final EntryKey key = new EntryKey();
  private final EntryBody body = new EntryBody();

  SegmentScan(Segment segment) {
    this.segment = segment;
  }

  /** Is told of each entry whose key is sound. */
  interface Visitor {
    /**
     * An entry.
     *
     * @param body its body; of batches, only its size is known to be right
     */
    void visit(EntryKey key, ByteBuffer body);
  }

  /** Visits the entries; returns what was damaged. */
  List<Damage> run(Visitor visitor) {
    Mapping mapping = segment.acquire();
    if (mapping == null) {
      return damage;
    }
    try {
      run(mapping.pages(), visitor);
    } catch (PageDamage e) {
      damage.add(damage(Damage.NO_POSITION, String.valueOf(e.getMessage())));
    } finally {
      segment.release(mapping);
    }
    return damage;
  }

  private void run(PageFile pages, Visitor visitor) {
    TreeCursor cursor = new TreeCursor(pages);
    boolean more = cursor.first(segment.snapshot().entries());
    while (more) {
      try {
        visit(pages.data(), cursor, visitor);
        more = cursor.next();
      } catch (PageDamage e) {
        damage.add(damage(Damage.NO_POSITION, String.valueOf(e.getMessage())));
        more = cursor.nextLeaf() && cursor.next();
      }
    }
  }

  private void visit(ByteBuffer data, TreeCursor cursor, Visitor visitor) {
    key.at(data, cursor.keyAt(), cursor.keySize());
    String wrong = key.damage();
    if (wrong != null) {
      damage.add(damage(Damage.NO_POSITION, "page " + cursor.page() + ": " + wrong));
      return;
    }
    int at = cursor.valueAt();
    int size = cursor.valueSize();
    if (key.kind() != EntryKind.BATCHES) {
      wrong = body.damage(key, data, at, size);
    }
    if (wrong != null) {
      damage.add(damage(key.position(), wrong));
      return;
    }
    visitor.visit(key, data.slice(at, size));
  }

  private Damage damage(long position, String what) {
    return new Damage("segments/" + segment.path().getFileName(), position, what);
  }
}
