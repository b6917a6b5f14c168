package dev.leat.broker.journal.page;

import java.nio.ByteBuffer;

/**
 * Where a B+tree begins, and what it claims to hold.
 *
 * @param page its root, or {@link #EMPTY}
 * @param depth levels, 0 when empty
 * @param flags LMDB's flags of the tree
 * @param branchPages branch pages
 * @param leafPages leaf pages
 * @param overflowPages overflow pages
 * @param entries entries
 */
public record TreeRoot(
    long page,
    int depth,
    int flags,
    long branchPages,
    long leafPages,
    long overflowPages,
    long entries) {
  /** Root of an empty tree. */
  public static final long EMPTY = -1;

  /** Bytes of a root in a file. */
  static final int BYTES = 48;

  /** A tree without entries. */
  public static final TreeRoot NONE = new TreeRoot(EMPTY, 0, 0, 0, 0, 0, 0);

  /** {@code unused(4) flags(2) depth(2) branch(8) leaf(8) overflow(8) entries(8) root(8)}. */
  static TreeRoot read(ByteBuffer bytes, int at) {
    return new TreeRoot(
        bytes.getLong(at + 40),
        bytes.getShort(at + 6) & 0xffff,
        bytes.getShort(at + 4) & 0xffff,
        bytes.getLong(at + 8),
        bytes.getLong(at + 16),
        bytes.getLong(at + 24),
        bytes.getLong(at + 32));
  }
}
