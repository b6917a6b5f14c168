package dev.leat.broker.journal.segment;

import dev.leat.broker.log.EntryHeader;
import dev.leat.broker.log.EntryKind;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Invariant;
import dev.leat.broker.log.ProducerSpan;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The key of an entry: its position and its header.
 *
 * <pre>
 *  0 position(8)        10 seq(8)          23 partition(4)         39 maxTimestamp(8)
 *  8 group(2)           18 epoch(4)        27 baseOffset(8)        47 bodyCrc(4)
 *                       22 kind(1)         35 lastOffsetDelta(4)   51 producerCount(1)
 * 52 per producer: flags(1) id(8) epoch(2) baseSequence(4) offsetDelta(4) count(4)
 *  …  CRC-32C of all that(4)
 *
 * flags: 1 of a transaction, 2 marker, 4 commits; of a marker, baseSequence is its coordinator's
 *        epoch
 * </pre>
 *
 * <p>Big endian, so that LMDB's order of keys is the order of positions. Objects of this class look
 * at a key in place and can be moved to the next; they belong to one thread.
 */
public final class EntryKey {
  /** Bytes of a key without producers. */
  public static final int MIN_BYTES = 56;

  /** Bytes of one producer. */
  public static final int PRODUCER_BYTES = 23;

  /** Bytes of the longest key; LMDB takes 511. */
  public static final int MAX_BYTES = MIN_BYTES + EntryHeader.MAX_PRODUCERS * PRODUCER_BYTES;

  private static final int CRC_BYTES = 4;
  private static final int PRODUCERS_AT = 52;

  private final CRC32C crc = new CRC32C();
  private ByteBuffer bytes = ByteBuffer.allocate(0);
  private int at;
  private int size;

  /** Bytes of the key of an entry with this header. */
  public static int sizeBytes(EntryHeader header) {
    return MIN_BYTES + header.producers().size() * PRODUCER_BYTES;
  }

  /** Writes the key to the begin of {@code key}, and sets position and limit around it. */
  public static void write(
      ByteBuffer key, long position, EntryHeader header, int bodyCrc, CRC32C crc) {
    List<ProducerSpan> producers = header.producers();
    key.clear();
    key.putLong(position)
        .putShort((short) header.group().value())
        .putLong(header.seq())
        .putInt(header.epoch())
        .put((byte) header.kind().code())
        .putInt(header.partition())
        .putLong(header.baseOffset())
        .putInt(header.lastOffsetDelta())
        .putLong(header.maxTimestamp())
        .putInt(bodyCrc)
        .put((byte) producers.size());
    for (int i = 0; i < producers.size(); i++) {
      ProducerSpan producer = producers.get(i);
      key.put(producer.flags())
          .putLong(producer.producerId())
          .putShort(producer.producerEpoch())
          .putInt(producer.baseSequence())
          .putInt(producer.offsetDelta())
          .putInt(producer.count());
    }
    key.flip();
    crc.reset();
    crc.update(key);
    int end = key.limit();
    key.limit(end + CRC_BYTES).putInt(end, (int) crc.getValue()).position(0);
  }

  /** Looks at the key of {@code size} bytes at {@code at} of a big-endian buffer. */
  public EntryKey at(ByteBuffer bytes, int at, int size) {
    this.bytes = bytes;
    this.at = at;
    this.size = size;
    return this;
  }

  /** What is wrong with the key, or null. Nothing else may be asked of a damaged one. */
  public @Nullable String damage() {
    if (size < MIN_BYTES || size != MIN_BYTES + producerCount() * PRODUCER_BYTES) {
      return "key of " + size + " bytes";
    }
    crc.reset();
    crc.update(bytes.slice(at, size - CRC_BYTES));
    if ((int) crc.getValue() != bytes.getInt(at + size - CRC_BYTES)) {
      return "checksum of the key does not match";
    }
    int kind = bytes.get(at + 22);
    return EntryKind.known(kind) ? null : "entry kind " + kind + " is unknown";
  }

  public long position() {
    return bytes.getLong(at);
  }

  public int group() {
    return bytes.getShort(at + 8) & 0xffff;
  }

  public long seq() {
    return bytes.getLong(at + 10);
  }

  public int epoch() {
    return bytes.getInt(at + 18);
  }

  public EntryKind kind() {
    return EntryKind.of(bytes.get(at + 22));
  }

  public int partition() {
    return bytes.getInt(at + 23);
  }

  public long baseOffset() {
    return bytes.getLong(at + 27);
  }

  public int lastOffsetDelta() {
    return bytes.getInt(at + 35);
  }

  public long lastOffset() {
    return baseOffset() + lastOffsetDelta();
  }

  public long maxTimestamp() {
    return bytes.getLong(at + 39);
  }

  public int bodyCrc() {
    return bytes.getInt(at + 47);
  }

  public int producerCount() {
    return bytes.get(at + 51) & 0xff;
  }

  /** The header as a value. */
  public EntryHeader header() {
    List<ProducerSpan> producers = List.of();
    int count = producerCount();
    Invariant.check(count <= EntryHeader.MAX_PRODUCERS, "%d producers of %d", count, size);
    if (count > 0) {
      producers = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        producers.add(producer(at + PRODUCERS_AT + i * PRODUCER_BYTES));
      }
    }
    return new EntryHeader(
        new GroupId(group()),
        seq(),
        epoch(),
        kind(),
        partition(),
        baseOffset(),
        lastOffsetDelta(),
        maxTimestamp(),
        producers);
  }

  private ProducerSpan producer(int from) {
    return new ProducerSpan(
        bytes.getLong(from + 1),
        bytes.getShort(from + 9),
        bytes.getInt(from + 11),
        bytes.getInt(from + 19),
        bytes.getInt(from + 15),
        bytes.get(from));
  }
}
