package dev.leat.broker.journal.page;

import java.nio.ByteBuffer;
import java.util.BitSet;

/**
 * Checks that a file is one that liblmdb can open and write without harm: liblmdb trusts every page
 * it reads, and a damaged one can crash the process or make it overwrite data.
 *
 * <p>Every page of every tree is visited; keys are in order; no page belongs to two things, or to a
 * tree and to the free ones; all counts are right.
 */
public final class StructureCheck {
  private static final int FREE_FLAGS = 0x08;

  /** LMDB keeps the flags of the environment beside those of the free tree. */
  private static final int NO_SUBDIRECTORY_FLAG = 0x4000;

  private static final int MAX_DEPTH = 16;
  private static final int META_PAGES = 2;

  private final PageFile file;
  private final BitSet used = new BitSet();
  private final long lastPage;

  private StructureCheck(PageFile file, MetaPage meta) {
    this.file = file;
    this.lastPage = meta.lastPage();
  }

  /**
   * Checks a file.
   *
   * @throws PageDamage if it is damaged
   */
  public static void run(PageFile file) {
    MetaPage meta = MetaPage.newest(file);
    StructureCheck check = new StructureCheck(file, meta);
    check.used.set(0, META_PAGES);
    int flags = meta.free().flags() & ~NO_SUBDIRECTORY_FLAG;
    if (flags != FREE_FLAGS) {
      throw new PageDamage(0, "flags " + meta.free().flags());
    }
    new Walk(check, meta.main(), Kind.NAMES).run();
    new Walk(check, meta.free(), Kind.FREE).run();
  }

  private enum Kind {
    NAMES,
    ENTRIES,
    FREE
  }

  private void take(long page) {
    if (page < META_PAGES || page > lastPage) {
      throw new PageDamage(page, "is in use, but the last one is " + lastPage);
    }
    if (used.get((int) page)) {
      throw new PageDamage(page, "is used twice");
    }
    used.set((int) page);
  }

  /** One tree. */
  private static final class Walk {
    private final StructureCheck check;
    private final PageFile file;
    private final TreeRoot root;
    private final Kind kind;
    private long branches;
    private long leaves;
    private long overflows;
    private long entries;

    /** The key before, as an unsigned number of its first 8 bytes. */
    private long previous;

    private boolean anyKey;

    Walk(StructureCheck check, TreeRoot root, Kind kind) {
      this.check = check;
      this.file = check.file;
      this.root = root;
      this.kind = kind;
    }

    void run() {
      if (kind != Kind.FREE && root.flags() != 0) {
        throw new PageDamage(root.page(), "root of a tree with flags " + root.flags());
      }
      if (root.page() != TreeRoot.EMPTY) {
        if (root.depth() < 1 || root.depth() > MAX_DEPTH) {
          throw new PageDamage(root.page(), "root of a tree of depth " + root.depth());
        }
        visit(root.page(), root.depth());
      }
      long depth = root.page() == TreeRoot.EMPTY ? 0 : root.depth();
      TreeRoot seen =
          new TreeRoot(
              root.page(), (int) depth, root.flags(), branches, leaves, overflows, entries);
      if (!seen.equals(root)) {
        throw new PageDamage(root.page(), "root says " + root + ", the tree " + seen);
      }
    }

    private void visit(long page, int height) {
      check.take(page);
      int at = file.at(page, height > 1 ? PageFile.BRANCH : PageFile.LEAF);
      int nodes = file.nodes(page, at);
      if (nodes < (height > 1 && kind != Kind.FREE ? 2 : 1)) {
        throw new PageDamage(page, "has only " + nodes + " nodes");
      }
      if (height > 1) {
        branches++;
        visitChildren(page, at, height);
        return;
      }
      leaves++;
      entries += nodes;
      for (int i = 0; i < nodes; i++) {
        int node = file.node(page, at, i);
        if (kind != Kind.NAMES) {
          advance(page, key(page, node));
        }
        checkValue(page, node);
      }
    }

    private void visitChildren(long page, int at, int height) {
      for (int i = 0; i < file.nodes(page, at); i++) {
        int node = file.node(page, at, i);
        if (i > 0 && kind != Kind.NAMES) {
          // All keys before are below this one, and those of the child are not.
          advance(page, key(page, node));
          previous--;
        }
        visit(file.child(node), height - 1);
      }
    }

    private long key(long page, int node) {
      if (file.keySize(node) < Long.BYTES) {
        throw new PageDamage(page, "key of " + file.keySize(node) + " bytes");
      }
      int at = node + PageFile.NODE_HEADER_BYTES;
      return kind == Kind.FREE ? file.bytes().getLong(at) : file.data().getLong(at);
    }

    private void advance(long page, long key) {
      if (anyKey && Long.compareUnsigned(key, previous) <= 0) {
        throw new PageDamage(page, "keys are out of order");
      }
      anyKey = true;
      previous = key;
    }

    private void checkValue(long page, int node) {
      int flags = file.u16(node + 4);
      int size = file.valueSize(page, node);
      int value = file.value(page, node, size);
      if ((flags & PageFile.NODE_OVERFLOW) != 0) {
        takeOverflow(value, size);
      }
      boolean tree = (flags & PageFile.NODE_TREE) != 0;
      if ((flags & ~(PageFile.NODE_OVERFLOW | PageFile.NODE_TREE)) != 0
          || tree != (kind == Kind.NAMES)) {
        throw new PageDamage(page, "node with flags " + flags);
      }
      if (tree) {
        if (size != TreeRoot.BYTES || (flags & PageFile.NODE_OVERFLOW) != 0) {
          throw new PageDamage(page, "root of a tree in " + size + " bytes");
        }
        new Walk(check, TreeRoot.read(file.bytes(), value), Kind.ENTRIES).run();
      } else if (kind == Kind.FREE) {
        takeFree(page, value, size);
      }
    }

    private void takeOverflow(int value, int size) {
      long first = value / file.pageSize();
      int pages = file.overflowPages(size);
      for (int i = 0; i < pages; i++) {
        check.take(first + i);
      }
      overflows += pages;
    }

    /** A list of free pages: count(8), then the pages(8 each), highest first. */
    private void takeFree(long page, int value, int size) {
      ByteBuffer bytes = file.bytes();
      long count = size < Long.BYTES ? -1 : bytes.getLong(value);
      if (count < 0 || count > size / Long.BYTES - 1) {
        throw new PageDamage(page, "list of " + count + " free pages in " + size + " bytes");
      }
      long above = Long.MAX_VALUE;
      for (int i = 1; i <= count; i++) {
        long free = bytes.getLong(value + i * Long.BYTES);
        if (free >= above) {
          throw new PageDamage(page, "free pages are out of order");
        }
        check.take(free);
        above = free;
      }
    }
  }
}
