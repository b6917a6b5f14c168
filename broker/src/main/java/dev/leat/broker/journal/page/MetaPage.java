package dev.leat.broker.journal.page;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

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
  private static final int END = 152;

  /** Page size that the first page claims. */
  static int pageSize(ByteBuffer bytes) {
    if (bytes.capacity() < END) {
      throw new PageDamage(0, "file of " + bytes.capacity() + " bytes");
    }
    return bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN).getInt(40);
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

  private static MetaPage read(PageFile file, int number) {
    int at = file.at(number, PageFile.META);
    ByteBuffer bytes = file.bytes();
    if (bytes.getInt(at + 16) != MAGIC || bytes.getInt(at + 20) != VERSION) {
      throw new PageDamage(number, "is no meta page of data version " + VERSION);
    }
    if (bytes.getInt(at + 40) != file.pageSize()) {
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
