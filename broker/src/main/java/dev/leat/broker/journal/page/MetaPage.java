package dev.leat.broker.journal.page;

import java.nio.ByteBuffer;

/**
 * One of the two pages with which an LMDB file begins. Transaction n writes page n mod 2, after its
 * data is synced, so that the other page always describes a complete earlier transaction.
 *
 * <pre>
 * 16 magic(4)  20 version(4)  24 address(8)  32 mapSize(8)
 * 40 tree of free pages(48): its first 4 bytes are the page size
 * 88 main tree(48)
 * 136 last page(8)  144 transaction(8)
 * </pre>
 *
 * @param transaction number of the last transaction, 0 in a fresh file
 * @param lastPage highest page in use
 * @param free tree of free pages, by the transaction that freed them
 * @param main tree of named trees
 */
public record MetaPage(long transaction, long lastPage, TreeRoot free, TreeRoot main) {
  private static final int MAGIC = 0xBEEFC0DE;
  private static final int VERSION = 1;
  private static final int PAGE_SIZE_AT = 40;
  private static final int END = 152;

  /** Page size that the first page claims, or, when that is damaged, the second one. */
  static int pageSize(ByteBuffer bytes) {
    if (claims(bytes, 0, bytes.capacity() < END ? 0 : bytes.getInt(PAGE_SIZE_AT))) {
      return bytes.getInt(PAGE_SIZE_AT);
    }
    for (int size = PageFile.MIN_PAGE_SIZE; size <= PageFile.MAX_PAGE_SIZE; size <<= 1) {
      if (claims(bytes, size, size)) {
        return size;
      }
    }
    throw new PageDamage(0, "neither this page nor the next is a meta page");
  }

  private static boolean claims(ByteBuffer bytes, int at, int size) {
    return Integer.bitCount(size) == 1
        && size >= PageFile.MIN_PAGE_SIZE
        && size <= PageFile.MAX_PAGE_SIZE
        && bytes.capacity() >= at + END
        && bytes.getInt(at + PageFile.HEADER_BYTES) == MAGIC
        && bytes.getInt(at + PAGE_SIZE_AT) == size;
  }

  /**
   * The newer of the two pages. Both must be sound: with one of them gone, nobody could tell a
   * transaction that was never finished from one that was damaged afterwards.
   */
  public static MetaPage newest(PageFile file) {
    MetaPage even = read(file, 0);
    MetaPage odd = read(file, 1);
    boolean fresh = even.transaction == 0 && odd.transaction == 0;
    long distance = Math.abs(even.transaction - odd.transaction);
    // After the first transaction (number 1) the pages are 0 and 1: neighbours from then on.
    if (!fresh && distance != 1) {
      throw new PageDamage(
          0, "transactions " + even.transaction + " and " + odd.transaction + " are no neighbours");
    }
    return even.transaction > odd.transaction ? even : odd;
  }

  /** The newer of those of the two pages that are sound: for reading on in spite of damage. */
  public static MetaPage newestSound(PageFile file) {
    MetaPage best = null;
    PageDamage damage = null;
    for (int number = 0; number < 2; number++) {
      try {
        MetaPage meta = read(file, number);
        best = best == null || meta.transaction > best.transaction ? meta : best;
      } catch (PageDamage e) {
        damage = e;
      }
    }
    if (best == null) {
      throw damage == null ? new PageDamage(0, "no meta page") : damage;
    }
    return best;
  }

  private static MetaPage read(PageFile file, int number) {
    int at = file.at(number, PageFile.META);
    ByteBuffer bytes = file.bytes();
    if (bytes.getInt(at + 16) != MAGIC || bytes.getInt(at + 20) != VERSION) {
      throw new PageDamage(number, "is no meta page of data version " + VERSION);
    }
    if (bytes.getInt(at + PAGE_SIZE_AT) != file.pageSize()) {
      throw new PageDamage(number, "page size differs from the other meta page's");
    }
    MetaPage meta =
        new MetaPage(
            bytes.getLong(at + 144),
            bytes.getLong(at + 136),
            TreeRoot.read(bytes, at + 40),
            TreeRoot.read(bytes, at + 88));
    if (meta.transaction < 0 || meta.transaction != 0 && (meta.transaction & 1) != number) {
      throw new PageDamage(number, "holds transaction " + meta.transaction);
    }
    if (meta.lastPage < 1 || meta.lastPage >= file.pages()) {
      throw new PageDamage(
          number, "last page " + meta.lastPage + " of a file of " + file.pages() + " pages");
    }
    return meta;
  }
}
