package dev.leat.broker.journal.page;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The bytes of an LMDB file as numbered pages. Nothing in them is believed: every page is checked
 * to lie within the file, to carry its own number and to be of the kind that is asked for.
 *
 * <pre>
 * page header, 16 bytes, little endian
 *   0 number(8)  8 unused(2)  10 flags(2)
 *  12 lower(2)  14 upper(2)      branch and leaf: end of the node pointers, begin of the nodes
 *  12 pages(4)                   overflow: length of the run
 * then, in branch and leaf pages, one pointer(2) per node, in order of key
 *
 * node, 8 bytes and key
 *   0 lo(2)  2 hi(2)  4 flags(2)  6 keySize(2)  8 key
 *      leaf: hi:lo is the size of the value, which follows the key; with flag 1 the number(8) of
 *      its overflow page follows instead
 *      branch: flags:hi:lo is the number of the child; the key of the first node is empty
 * </pre>
 */
public final class PageFile {
  /** Bytes before the nodes' pointers, and before a value in an overflow page. */
  public static final int HEADER_BYTES = 16;

  static final int BRANCH = 0x01;
  static final int LEAF = 0x02;
  static final int OVERFLOW = 0x04;
  static final int META = 0x08;
  static final int NODE_HEADER_BYTES = 8;
  static final int NODE_OVERFLOW = 0x01;
  static final int NODE_TREE = 0x02;
  static final int MAX_PAGE_SIZE = 1 << 16;
  static final int MIN_PAGE_SIZE = 1 << 12;

  private final ByteBuffer bytes;
  private final ByteBuffer data;
  private final int pageSize;
  private final int pages;

  /** Over the whole of {@code bytes}, a file that begins with a meta page. */
  public PageFile(ByteBuffer bytes) {
    this.bytes = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    this.data = bytes.duplicate().order(ByteOrder.BIG_ENDIAN);
    this.pageSize = MetaPage.pageSize(this.bytes);
    this.pages = bytes.capacity() / pageSize;
  }

  /** Bytes of a page. */
  public int pageSize() {
    return pageSize;
  }

  /** Pages in the file. */
  public int pages() {
    return pages;
  }

  /** The bytes as LMDB writes its own numbers: little endian. */
  ByteBuffer bytes() {
    return bytes;
  }

  /** The bytes as the journal writes its numbers: big endian. To be read at absolute places. */
  public ByteBuffer data() {
    return data;
  }

  /** Where page {@code number} begins, which must be of {@code kind}. */
  int at(long number, int kind) {
    if (number < 0 || number >= pages) {
      throw new PageDamage(number, "beyond the file's " + pages + " pages");
    }
    int at = (int) number * pageSize;
    if (bytes.getLong(at) != number) {
      throw new PageDamage(number, "carries number " + bytes.getLong(at));
    }
    int flags = u16(at + 10);
    if (flags != kind) {
      throw new PageDamage(number, "is of kind " + flags + ", not " + kind);
    }
    return at;
  }

  /** Number of nodes in the branch or leaf page at {@code at}. */
  int nodes(long number, int at) {
    int lower = u16(at + 12);
    int upper = u16(at + 14);
    if (lower < HEADER_BYTES || lower > upper || upper > pageSize || (lower & 1) != 0) {
      throw new PageDamage(number, "bounds " + lower + " and " + upper);
    }
    return (lower - HEADER_BYTES) / 2;
  }

  /** Where node {@code index} begins; its header and key lie within the page. */
  int node(long number, int at, int index) {
    int pointer = u16(at + HEADER_BYTES + 2 * index);
    if (pointer < u16(at + 14) || pointer + NODE_HEADER_BYTES > pageSize || (pointer & 1) != 0) {
      throw new PageDamage(number, "node " + index + " at " + pointer);
    }
    int node = at + pointer;
    if (pointer + NODE_HEADER_BYTES + keySize(node) > pageSize) {
      throw new PageDamage(number, "key of node " + index + " has " + keySize(node) + " bytes");
    }
    return node;
  }

  int keySize(int node) {
    return u16(node + 6);
  }

  /** Child of a branch's node. */
  long child(int node) {
    return u16(node) | (long) u16(node + 2) << 16 | (long) u16(node + 4) << 32;
  }

  /** Size of the value of a leaf's node, at most 2^31 - 1. */
  int valueSize(long number, int node) {
    int size = bytes.getInt(node);
    if (size < 0) {
      throw new PageDamage(number, "value of " + Integer.toUnsignedString(size) + " bytes");
    }
    return size;
  }

  /** Pages that a value of {@code size} bytes takes when it has pages of its own. */
  public int overflowPages(int size) {
    return (int) (((long) size + HEADER_BYTES + pageSize - 1) / pageSize);
  }

  /** Where the value of a leaf's node begins; all its bytes lie within the file. */
  int value(long number, int node, int size) {
    int flags = u16(node + 4);
    int behindKey = node + NODE_HEADER_BYTES + keySize(node);
    int pageEnd = (int) (number + 1) * pageSize;
    if ((flags & NODE_OVERFLOW) == 0) {
      if (size > pageEnd - behindKey) {
        throw new PageDamage(number, "value of " + size + " bytes leaves the page");
      }
      return behindKey;
    }
    if (behindKey + Long.BYTES > pageEnd) {
      throw new PageDamage(number, "overflow page number leaves the page");
    }
    long first = bytes.getLong(behindKey);
    int at = at(first, OVERFLOW);
    int length = bytes.getInt(at + 12);
    if (length != overflowPages(size) || first + length > pages) {
      throw new PageDamage(first, length + " overflow pages for " + size + " bytes");
    }
    return at + HEADER_BYTES;
  }

  int u16(int at) {
    return bytes.getShort(at) & 0xffff;
  }
}
