package dev.leat.broker.journal.segment;

import dev.leat.broker.journal.index.Placed;
import dev.leat.broker.journal.index.UnsealedSegment;
import dev.leat.broker.log.Entry;
import dev.leat.broker.log.EntryHeader;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/** The segment that takes appends. Belongs to the journal loop. */
public final class HotSegment {
  private final Segment segment;
  private final SegmentWriter writer;
  private final UnsealedSegment index;
  private final Room room;
  private final ByteBuffer key = ByteBuffer.allocateDirect(EntryKey.MAX_BYTES);
  private final CRC32C crc = new CRC32C();
  private final EntryBody body = new EntryBody();
  private long nextPosition;

  public HotSegment(Segment segment, SegmentWriter writer, UnsealedSegment index, Room room) {
    this.segment = segment;
    this.writer = writer;
    this.index = index;
    this.room = room;
    this.nextPosition = segment.firstPosition() + index.entries();
  }

  /** Position of the next entry. */
  public long nextPosition() {
    return nextPosition;
  }

  public Segment segment() {
    return segment;
  }

  public SegmentWriter writer() {
    return writer;
  }

  public UnsealedSegment index() {
    return index;
  }

  /** Bytes that batches may still take. */
  public long freeBytes() {
    return room.freeBytes(index.partitions());
  }

  public Room room() {
    return room;
  }

  /** Writes an entry into the transaction that is open, or begins one. */
  public Placed append(Entry entry) {
    long position = nextPosition++;
    EntryHeader header = entry.header();
    int size = entry.sizeBytes();
    List<ByteBuffer> pieces = entry.body();
    EntryKey.write(key, position, header, body.crcOf(header, pieces), crc);
    ByteBuffer target = writer.append(key, size);
    int at = target.position();
    for (int i = 0; i < pieces.size(); i++) {
      ByteBuffer piece = pieces.get(i);
      target.put(at, piece, piece.position(), piece.remaining());
      at += piece.remaining();
    }
    room.take(header, size);
    return new Placed(header, position, size);
  }

  /** Ends the transaction, and shows it to readers. */
  public void commit() {
    writer.commit();
    room.settle(segment.publish());
  }

  /**
   * Writes index and summary, and closes the file. The label is written again after them, so that
   * both meta pages describe a complete segment, and damage to one of them harms nothing.
   */
  public void seal(Map<Long, ByteBuffer> blobs, ByteBuffer label) {
    blobs.forEach(writer::putIndex);
    writer.commit();
    writer.putIndex(SegmentLabel.KEY, label);
    writer.commit();
    writer.sync();
    segment.unmap();
    segment.publish();
    writer.close();
  }

  /** Makes everything committed durable. */
  public void sync() {
    writer.sync();
  }
}
