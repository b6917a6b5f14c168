package dev.leat.broker.journal.segment;

import dev.leat.api.batch.BatchFormat;
import dev.leat.broker.log.EntryHeader;
import dev.leat.broker.log.EntryKind;
import dev.leat.broker.log.Invariant;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The checksum that ties an entry's body to its key.
 *
 * <p>Of record batches it covers the first 21 bytes of each: what the batch's own checksum leaves
 * out (base offset, length, leader epoch, magic), and that checksum. So key → heads → batches: a
 * sound batch in the wrong place, which a damaged page number or a lost write into a recycled
 * segment can bring about, is noticed, and the records need no second checksum. Of all other kinds
 * it covers the whole body.
 *
 * <p>Buffers are big endian. Belongs to one thread.
 */
public final class EntryBody {
  /** Bytes of a batch that its own checksum leaves out, with that checksum. */
  private static final int HEAD_BYTES = 21;

  private static final int TOUCH_BYTES = 4096;

  private final CRC32C crc = new CRC32C();
  private final byte[] head = new byte[HEAD_BYTES];
  private ByteBuffer source = ByteBuffer.allocate(0);
  private ByteBuffer window = source;

  /** Sum of touched bytes: keeps the reads from being optimised away. */
  private int touched;

  /**
   * The checksum of a body that is to be written.
   *
   * @throws Invariant.Violation if its batches do not follow each other, from the base offset of
   *     the header to its last one; those of moved entries may leave out offsets
   */
  public int crcOf(EntryHeader header, List<ByteBuffer> pieces) {
    crc.reset();
    long next = header.baseOffset();
    boolean gaps = header.kind() == EntryKind.MOVED;
    for (int i = 0; i < pieces.size(); i++) {
      ByteBuffer piece = pieces.get(i);
      if (header.kind().holdsBatches()) {
        next = addHeads(piece, next, gaps);
      } else {
        crc.update(piece.duplicate());
      }
    }
    Invariant.check(
        !header.kind().holdsBatches() || next == header.lastOffset() + 1,
        "batches end at offset %d, their entry at %d",
        next - 1,
        header.lastOffset());
    return (int) crc.getValue();
  }

  private long addHeads(ByteBuffer piece, long baseOffset, boolean gaps) {
    long next = baseOffset;
    int end = piece.limit();
    for (int at = piece.position(); at < end; ) {
      int length = batchSize(piece, at, end);
      Invariant.check(length > 0, "batch at offset %d is cut off after %d bytes", next, end - at);
      long base = BatchFormat.baseOffset(piece, at);
      Invariant.check(
          base == next || gaps && base > next,
          "batch has base offset %d where %d is due",
          base,
          next);
      addHead(piece, at);
      next = BatchFormat.lastOffset(piece, at) + 1;
      at += length;
    }
    return next;
  }

  private void addHead(ByteBuffer bytes, int at) {
    bytes.get(at, head);
    crc.update(head, 0, HEAD_BYTES);
  }

  /** Size of the batch at {@code from}, or -1 if it does not end by {@code end}. */
  private static int batchSize(ByteBuffer bytes, int from, int end) {
    if (end - from < BatchFormat.HEADER_BYTES) {
      return -1;
    }
    int length = BatchFormat.sizeBytes(bytes, from);
    return length < BatchFormat.HEADER_BYTES || length > end - from ? -1 : length;
  }

  /**
   * What is wrong with the stored body of the entry at {@code key}, or null. Leaves out the records
   * of batches: see {@link #batchSound}.
   */
  public @Nullable String damage(EntryKey key, ByteBuffer bytes, int at, int size) {
    touch(bytes, at, size);
    crc.reset();
    if (key.kind().holdsBatches()) {
      for (int from = at; from < at + size; ) {
        int length = batchSize(bytes, from, at + size);
        if (length < 0) {
          return "record batch " + (from - at) + " bytes in is cut off";
        }
        addHead(bytes, from);
        from += length;
      }
    } else {
      update(bytes, at, size);
    }
    return (int) crc.getValue() == key.bodyCrc() ? null : "checksum of the body does not match";
  }

  /** Whether the records of the batch at {@code from}, of {@code length} bytes, are sound. */
  public boolean batchSound(ByteBuffer bytes, int from, int length) {
    crc.reset();
    update(bytes, from + HEAD_BYTES, length - HEAD_BYTES);
    return (int) crc.getValue() == BatchFormat.crc(bytes, from);
  }

  /** What is wrong with the records of batches whose heads are sound, or null. */
  public @Nullable String recordDamage(ByteBuffer bytes, int at, int size) {
    for (int from = at; from < at + size; ) {
      int length = BatchFormat.sizeBytes(bytes, from);
      if (!batchSound(bytes, from, length)) {
        return "checksum of the record batch at offset "
            + BatchFormat.baseOffset(bytes, from)
            + " does not match";
      }
      from += length;
    }
    return null;
  }

  private void update(ByteBuffer bytes, int at, int size) {
    if (bytes != source) {
      source = bytes;
      window = bytes.duplicate();
    }
    crc.update(window.limit(at + size).position(at));
  }

  /**
   * Reads one byte of each page. When the disk fails to deliver a mapped page, this read throws
   * InternalError; the checksum's intrinsic code would crash the process.
   */
  private void touch(ByteBuffer bytes, int at, int size) {
    for (int from = at; from < at + size; from += TOUCH_BYTES) {
      touched += bytes.get(from);
    }
    if (size > 0) {
      touched += bytes.get(at + size - 1);
    }
  }
}
