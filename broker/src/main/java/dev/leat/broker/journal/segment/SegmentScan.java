package dev.leat.broker.journal.segment;

import dev.leat.broker.journal.page.PageDamage;
import dev.leat.broker.journal.page.PageFile;
import dev.leat.broker.journal.page.TreeScan;
import dev.leat.broker.log.Damage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads all entries of a segment in order of position, and goes on behind damage. */
public final class SegmentScan implements TreeScan.Visitor {
  private final Segment segment;
  private final Depth depth;
  private final Visitor visitor;
  private final ByteBuffer data;
  private final List<Damage> damage = new ArrayList<>();
  private final EntryKey key = new EntryKey();
  private final EntryBody body = new EntryBody();
  private long nextPosition;

  private SegmentScan(Segment segment, Depth depth, Visitor visitor, ByteBuffer data) {
    this.segment = segment;
    this.depth = depth;
    this.visitor = visitor;
    this.data = data;
  }

  /** How much is checked. */
  public enum Depth {
    /** Keys, and bodies of all kinds that are not batches. */
    KEYS,
    /** Every byte. */
    ALL
  }

  /** Is told of each entry whose key is sound. */
  public interface Visitor {
    /**
     * An entry.
     *
     * @param body its body, null if it was checked and is damaged
     */
    void visit(EntryKey key, @Nullable ByteBuffer body);

    /** Entries are missing here, for they are damaged. */
    default void gap() {}
  }

  /** Visits the entries; returns what was damaged. */
  public static List<Damage> run(Segment segment, Depth depth, Visitor visitor) {
    Mapping mapping = segment.acquire();
    if (mapping == null) {
      return List.of();
    }
    try {
      PageFile pages = mapping.pages();
      SegmentScan scan = new SegmentScan(segment, depth, visitor, pages.data());
      try {
        TreeScan.run(pages, segment.snapshot().entries(), scan);
      } catch (PageDamage | InternalError e) {
        scan.report(String.valueOf(e.getMessage()));
      }
      return scan.damage;
    } finally {
      segment.release(mapping);
    }
  }

  @Override
  public void entry(long page, int keyAt, int keySize, TreeScan.Value value) {
    key.at(data, keyAt, keySize);
    String wrong = key.damage();
    if (wrong == null && key.position() < nextPosition) {
      wrong = "entry " + key.position() + " is in the wrong place";
    }
    if (wrong != null) {
      report("page " + page + ": " + wrong);
      return;
    }
    nextPosition = key.position() + 1;
    wrong = bodyDamage(value);
    if (wrong != null) {
      damage.add(new Damage(segment.relativePath(), key.position(), wrong));
    }
    visitor.visit(key, wrong == null ? data.slice(value.at(), value.size()) : null);
  }

  private @Nullable String bodyDamage(TreeScan.Value value) {
    try {
      int at = value.at();
      boolean batches = key.kind().holdsBatches();
      if (batches && depth == Depth.KEYS) {
        return null;
      }
      String wrong = body.damage(key, data, at, value.size());
      return wrong == null && batches ? body.recordDamage(data, at, value.size()) : wrong;
    } catch (PageDamage e) {
      return e.getMessage();
    }
  }

  @Override
  public void damage(PageDamage found) {
    report(String.valueOf(found.getMessage()));
  }

  private void report(String what) {
    damage.add(new Damage(segment.relativePath(), Damage.NO_POSITION, what));
    visitor.gap();
  }
}
