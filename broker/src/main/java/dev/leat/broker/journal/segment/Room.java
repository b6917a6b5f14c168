package dev.leat.broker.journal.segment;

import dev.leat.broker.log.Entry;
import dev.leat.broker.log.EntryHeader;
import java.util.List;

/**
 * How much still fits into a segment, in pages of its file, estimated from above: LMDB must never
 * find the file full.
 *
 * <pre>
 * | entries … | room | reserve: entries that are not batches | index and summary, by their number |
 * </pre>
 */
public final class Room {
  private static final int PAGE_BYTES = 4096;

  /** Bytes of LMDB's header of a node, its pointer, and alignment. */
  private static final int NODE_BYTES = 12;

  /** Larger nodes get pages of their own: LMDB wants two nodes in a page. */
  private static final int MAX_NODE_BYTES = 2038;

  private static final int PAGE_HEADER_BYTES = 16;

  /** Pages of the path to the last leaf and of LMDB's own trees, which every commit copies. */
  private static final int COMMIT_PAGES = 32;

  /** Part of the file that only entries other than batches may use, 1/32. */
  private static final int RESERVE_SHIFT = 5;

  /** Bytes in the index per entry, with a margin of two. */
  private static final int INDEX_ENTRY_BYTES = 40;

  /** Bytes in index and summary per partition, with a margin of two. */
  private static final int INDEX_PARTITION_BYTES = 300;

  private static final int INDEX_FIXED_PAGES = 64;

  private final int filePages;
  private final int maxEntries;
  private long usedPages;
  private long openLeafBytes;
  private long openPages;
  private long entries;

  public Room(long fileBytes, int maxEntries) {
    this.filePages = (int) (fileBytes / PAGE_BYTES);
    this.maxEntries = maxEntries;
  }

  /** Whether an append fits, beside the reserve, into a segment of so many partitions. */
  public boolean fits(List<Entry> append, int partitions) {
    return pagesWith(append, partitions) <= filePages - (filePages >> RESERVE_SHIFT);
  }

  /** Whether it fits if the reserve is used too. */
  public boolean fitsReserve(List<Entry> append, int partitions) {
    return pagesWith(append, partitions) <= filePages;
  }

  private long pagesWith(List<Entry> append, int partitions) {
    if (entries + append.size() > maxEntries) {
      return Long.MAX_VALUE;
    }
    long leafBytes = openLeafBytes;
    long pages = usedPages + openPages + COMMIT_PAGES;
    for (int i = 0; i < append.size(); i++) {
      Entry entry = append.get(i);
      int size = entry.sizeBytes();
      leafBytes += leafBytes(entry.header(), size);
      pages += overflowPages(entry.header(), size);
    }
    return pages + leafPages(leafBytes) + indexPages(entries + append.size(), partitions);
  }

  private static long indexPages(long entries, int partitions) {
    return INDEX_FIXED_PAGES
        + (entries * INDEX_ENTRY_BYTES + (long) partitions * INDEX_PARTITION_BYTES) / PAGE_BYTES;
  }

  /** Leaves may be filled by half, and branches come on top. */
  private static long leafPages(long bytes) {
    return bytes / (PAGE_BYTES / 2 - PAGE_HEADER_BYTES) + 1;
  }

  private static int leafBytes(EntryHeader header, int size) {
    int node = NODE_BYTES + EntryKey.sizeBytes(header);
    return node + size > MAX_NODE_BYTES ? node + Long.BYTES : node + size;
  }

  private static int overflowPages(EntryHeader header, int size) {
    boolean inline = NODE_BYTES + EntryKey.sizeBytes(header) + size <= MAX_NODE_BYTES;
    return inline ? 0 : Math.ceilDiv(size + PAGE_HEADER_BYTES, PAGE_BYTES);
  }

  /** Bytes of a file that entries take at most, index included. */
  public static long bytesFor(List<Entry> entries) {
    long bytes = 0;
    for (int i = 0; i < entries.size(); i++) {
      EntryHeader header = entries.get(i).header();
      int size = entries.get(i).sizeBytes();
      bytes += 2L * leafBytes(header, size) + INDEX_ENTRY_BYTES;
      bytes += (long) overflowPages(header, size) * PAGE_BYTES;
    }
    return bytes;
  }

  /** Bytes that batches may still take, less what the estimate sets aside. */
  public long freeBytes(int partitions) {
    long pages =
        filePages
            - (filePages >> RESERVE_SHIFT)
            - usedPages
            - COMMIT_PAGES
            - indexPages(entries, partitions);
    return Math.max(0, pages * PAGE_BYTES);
  }

  /** How much of the file is used, 0 to 1. */
  public double filled() {
    return Math.min(1, (double) usedPages / filePages);
  }

  /** An entry has been written into the open transaction. */
  public void take(EntryHeader header, int size) {
    entries++;
    openLeafBytes += leafBytes(header, size);
    openPages += overflowPages(header, size);
  }

  /** The transaction has been committed: the estimate gives way to the truth. */
  public void settle(Snapshot committed) {
    usedPages = committed.lastPage() + 1;
    entries = committed.entries().entries();
    openLeafBytes = 0;
    openPages = 0;
  }
}
