package dev.leat.broker.journal.page;

/**
 * Visits all entries of a tree in order, and goes on behind damage: what hangs on a damaged page is
 * left out, and so is what lies under keys where it does not belong.
 */
public final class TreeScan {
  private static final int MAX_DEPTH = 16;

  private final PageFile file;
  private final Visitor visitor;

  private TreeScan(PageFile file, Visitor visitor) {
    this.file = file;
    this.visitor = visitor;
  }

  /** Is told what is there. */
  public interface Visitor {
    /**
     * An entry.
     *
     * @param page its leaf
     * @param keyAt first byte of its key in the file
     * @param keySize bytes of its key
     * @param value its value
     */
    void entry(long page, int keyAt, int keySize, Value value);

    /** Something is missing here. */
    void damage(PageDamage damage);
  }

  /** Finds a value, which may be damaged when its entry is not. */
  public interface Value {
    /**
     * First byte of the value in the file.
     *
     * @throws PageDamage if the value is damaged
     */
    int at();

    /** Bytes of the value. */
    int size();
  }

  /** Visits the entries of a tree whose keys begin with 8 bytes that tell them apart. */
  public static void run(PageFile file, TreeRoot root, Visitor visitor) {
    if (root.page() == TreeRoot.EMPTY) {
      return;
    }
    if (root.depth() < 1 || root.depth() > MAX_DEPTH) {
      visitor.damage(new PageDamage(root.page(), "root of a tree of depth " + root.depth()));
      return;
    }
    new TreeScan(file, visitor).visit(root.page(), root.depth(), new Bounds(0, -1));
  }

  /** Keys that belong under a page, unsigned, both inclusive. */
  private record Bounds(long low, long high) {
    boolean hold(long key) {
      return Long.compareUnsigned(key, low) >= 0 && Long.compareUnsigned(key, high) <= 0;
    }
  }

  private void visit(long page, int height, Bounds bounds) {
    try {
      int at = file.at(page, height > 1 ? PageFile.BRANCH : PageFile.LEAF);
      int nodes = file.nodes(page, at);
      for (int i = 0; i < nodes; i++) {
        if (height > 1) {
          branch(page, at, i, height, bounds);
        } else {
          leaf(page, at, i, bounds);
        }
      }
    } catch (PageDamage e) {
      visitor.damage(e);
    }
  }

  private void branch(long page, int at, int index, int height, Bounds bounds) {
    try {
      int nodes = file.nodes(page, at);
      long low = index == 0 ? bounds.low : key(page, at, index, bounds);
      long high = index + 1 == nodes ? bounds.high : key(page, at, index + 1, bounds) - 1;
      visit(file.child(file.node(page, at, index)), height - 1, new Bounds(low, high));
    } catch (PageDamage e) {
      visitor.damage(e);
    }
  }

  private void leaf(long page, int at, int index, Bounds bounds) {
    try {
      key(page, at, index, bounds);
      int node = file.node(page, at, index);
      visitor.entry(
          page, node + PageFile.NODE_HEADER_BYTES, file.keySize(node), new Node(page, node));
    } catch (PageDamage e) {
      visitor.damage(e);
    }
  }

  private long key(long page, int at, int index, Bounds bounds) {
    int node = file.node(page, at, index);
    if (file.keySize(node) < Long.BYTES) {
      throw new PageDamage(page, "key of " + file.keySize(node) + " bytes");
    }
    long key = file.data().getLong(node + PageFile.NODE_HEADER_BYTES);
    if (!bounds.hold(key)) {
      throw new PageDamage(page, "key " + Long.toUnsignedString(key) + " is in the wrong place");
    }
    return key;
  }

  private final class Node implements Value {
    private final long page;
    private final int node;

    Node(long page, int node) {
      this.page = page;
      this.node = node;
    }

    @Override
    public int at() {
      return file.value(page, node, size());
    }

    @Override
    public int size() {
      return file.valueSize(page, node);
    }
  }
}
