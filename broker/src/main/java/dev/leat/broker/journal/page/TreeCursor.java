package dev.leat.broker.journal.page;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A place in a B+tree: seek, then step forward. Every page and node on the way is checked. Belongs
 * to one thread.
 *
 * <p>Keys of the journal's trees begin with 8 bytes that are searched as one unsigned big-endian
 * number.
 */
public final class TreeCursor {
  /** Deeper than any tree of a 2 GiB file: protects against pages that form a ring. */
  private static final int MAX_DEPTH = 16;

  private final PageFile file;
  private final ByteBuffer keys;
  private final long[] pages = new long[MAX_DEPTH];
  private final int[] indexes = new int[MAX_DEPTH];
  private TreeRoot tree = TreeRoot.NONE;
  private int node;

  /** A cursor for trees of {@code file}; nowhere yet. */
  public TreeCursor(PageFile file) {
    this.file = file;
    this.keys = file.data();
  }

  /** Goes to the first entry of {@code root}; false if it is empty. */
  public boolean first(TreeRoot root) {
    return seek(root, 0);
  }

  /** Goes to the first entry whose key is at or after {@code prefix}; false if there is none. */
  public boolean seek(TreeRoot root, long prefix) {
    tree = root;
    if (root.page() == TreeRoot.EMPTY) {
      return false;
    }
    if (root.depth() < 1 || root.depth() > MAX_DEPTH) {
      throw new PageDamage(root.page(), "root of a tree of depth " + root.depth());
    }
    pages[0] = root.page();
    for (int level = 0; level < leafLevel(); level++) {
      int at = file.at(pages[level], PageFile.BRANCH);
      indexes[level] = childFor(pages[level], at, prefix);
      pages[level + 1] = file.child(file.node(pages[level], at, indexes[level]));
    }
    indexes[leafLevel()] = firstAtOrAfter(leaf(), prefix, 0);
    return settle();
  }

  /** Goes one entry on; false if there is none. */
  public boolean next() {
    indexes[leafLevel()]++;
    return settle();
  }

  private int leafLevel() {
    return tree.depth() - 1;
  }

  private long leaf() {
    return pages[leafLevel()];
  }

  /** The last child whose key is at or before the prefix; the first one's key counts as -∞. */
  private int childFor(long page, int at, long prefix) {
    int nodes = file.nodes(page, at);
    if (nodes == 0) {
      throw new PageDamage(page, "branch without children");
    }
    int low = 1;
    int high = nodes;
    while (low < high) {
      int middle = low + high >>> 1;
      if (Long.compareUnsigned(prefixOf(page, file.node(page, at, middle)), prefix) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }

  private int firstAtOrAfter(long page, long prefix, int from) {
    int at = file.at(page, PageFile.LEAF);
    int low = from;
    int high = file.nodes(page, at);
    while (low < high) {
      int middle = low + high >>> 1;
      if (Long.compareUnsigned(prefixOf(page, file.node(page, at, middle)), prefix) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private long prefixOf(long page, int at) {
    if (file.keySize(at) < Long.BYTES) {
      throw new PageDamage(page, "key of " + file.keySize(at) + " bytes");
    }
    return keys.getLong(at + PageFile.NODE_HEADER_BYTES);
  }

  /** Enters the next leaf if the index is behind the last node of this one. */
  private boolean settle() {
    int level = leafLevel();
    int at = file.at(pages[level], PageFile.LEAF);
    while (indexes[level] >= file.nodes(pages[level], at)) {
      if (!nextLeaf()) {
        return false;
      }
      at = file.at(pages[level], PageFile.LEAF);
    }
    node = file.node(pages[level], at, indexes[level]);
    return true;
  }

  /** Enters the leaf after this one, also when this one is damaged; false if it is the last. */
  public boolean nextLeaf() {
    int level = leafLevel() - 1;
    while (level >= 0) {
      int at = file.at(pages[level], PageFile.BRANCH);
      if (++indexes[level] < file.nodes(pages[level], at)) {
        break;
      }
      level--;
    }
    if (level < 0) {
      return false;
    }
    for (; level < leafLevel(); level++) {
      int at = file.at(pages[level], PageFile.BRANCH);
      pages[level + 1] = file.child(file.node(pages[level], at, indexes[level]));
      indexes[level + 1] = 0;
    }
    return true;
  }

  /** Whether the entry lies in the last leaf, the only one that a later append replaces. */
  public boolean inLastLeaf() {
    for (int level = 0; level < leafLevel(); level++) {
      int at = file.at(pages[level], PageFile.BRANCH);
      if (indexes[level] + 1 < file.nodes(pages[level], at)) {
        return false;
      }
    }
    return true;
  }

  /** Page of the entry's leaf. */
  public long page() {
    return leaf();
  }

  /** First byte of the key in the file. */
  public int keyAt() {
    return node + PageFile.NODE_HEADER_BYTES;
  }

  /** Bytes of the key. */
  public int keySize() {
    return file.keySize(node);
  }

  /** Bytes of the value. */
  public int valueSize() {
    return file.valueSize(leaf(), node);
  }

  /** First byte of the value in the file; all of its bytes lie in the file. */
  public int valueAt() {
    return file.value(leaf(), node, valueSize());
  }

  /** Whether the value has pages of its own, which are never replaced. */
  public boolean inOverflow() {
    return (file.u16(node + 4) & PageFile.NODE_OVERFLOW) != 0;
  }

  /** The tree called {@code name} in the main tree, or {@link TreeRoot#NONE}. */
  public static TreeRoot named(PageFile file, MetaPage meta, String name) {
    TreeCursor cursor = new TreeCursor(file);
    cursor.tree = meta.main();
    byte[] wanted = name.getBytes(StandardCharsets.US_ASCII);
    for (boolean more = cursor.enterFirst(); more; more = cursor.next()) {
      if (cursor.keyEquals(wanted)) {
        if ((file.u16(cursor.node + 4) & PageFile.NODE_TREE) == 0
            || cursor.valueSize() != TreeRoot.BYTES) {
          throw new PageDamage(cursor.leaf(), name + " is no tree");
        }
        return TreeRoot.read(file.bytes(), cursor.valueAt());
      }
    }
    return TreeRoot.NONE;
  }

  /** The main tree holds a handful of names, all in one leaf. */
  private boolean enterFirst() {
    if (tree.page() == TreeRoot.EMPTY) {
      return false;
    }
    if (tree.depth() != 1) {
      throw new PageDamage(tree.page(), "main tree of depth " + tree.depth());
    }
    pages[0] = tree.page();
    indexes[0] = 0;
    return settle();
  }

  private boolean keyEquals(byte[] wanted) {
    if (keySize() != wanted.length) {
      return false;
    }
    for (int i = 0; i < wanted.length; i++) {
      if (keys.get(keyAt() + i) != wanted[i]) {
        return false;
      }
    }
    return true;
  }
}
