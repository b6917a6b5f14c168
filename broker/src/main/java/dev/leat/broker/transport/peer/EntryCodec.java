package dev.leat.broker.transport.peer;

import dev.leat.api.batch.BatchCheck;
import dev.leat.api.batch.BatchFormat;
import dev.leat.api.batch.BatchValidator;
import dev.leat.api.rpc.WireLimits;
import dev.leat.broker.log.Entry;
import dev.leat.broker.log.EntryHeader;
import dev.leat.broker.log.EntryKind;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.ProducerSpan;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Entries of a log, and batches of a snapshot. Batches stay where they are: in the journal's map at
 * the sender, in the message's memory at the receiver, where their checksums are checked. All other
 * bodies are copied, for they are small, and outlive the message.
 */
final class EntryCodec {

  /** Least bytes of an entry. */
  static final int MIN_BYTES = 42;

  private static final BatchValidator LOG_BATCHES =
      new BatchValidator(BatchValidator.Origin.LOG, WireLimits.MAX_MESSAGE_BYTES);

  private EntryCodec() {}

  static void write(FrameWriter to, Entry entry) {
    EntryHeader header = entry.header();
    to.i64(header.seq())
        .i32(header.epoch())
        .u8(header.kind().code())
        .i32(header.partition())
        .i64(header.baseOffset())
        .i32(header.lastOffsetDelta())
        .i64(header.maxTimestamp())
        .u8(header.producers().size());
    for (ProducerSpan span : header.producers()) {
      to.i64(span.producerId())
          .u16(span.producerEpoch())
          .i32(span.baseSequence())
          .i32(span.count())
          .i32(span.offsetDelta())
          .u8(span.flags());
    }
    to.bulk(entry.body());
  }

  static Entry read(GroupId group, FrameReader from) throws MalformedFrameException {
    long seq = from.i64();
    int epoch = from.i32();
    EntryKind kind = EntryKind.of(from.u8());
    int partition = from.i32();
    long baseOffset = from.i64();
    int lastOffsetDelta = from.i32();
    long maxTimestamp = from.i64();
    int producers = from.u8();
    List<ProducerSpan> spans = new ArrayList<>(Math.min(producers, EntryHeader.MAX_PRODUCERS));
    for (int i = 0; i < producers; i++) {
      spans.add(
          new ProducerSpan(
              from.i64(),
              (short) from.u16(),
              from.i32(),
              from.i32(),
              from.i32(),
              (byte) from.u8()));
    }
    if (seq <= 0 || !kind.inLog()) {
      throw new MalformedFrameException("an entry " + seq + " of kind " + kind);
    }
    EntryHeader header =
        new EntryHeader(
            group, seq, epoch, kind, partition, baseOffset, lastOffsetDelta, maxTimestamp, spans);
    if (kind != EntryKind.BATCHES) {
      return new Entry(header, List.of(from.bulkCopy()));
    }
    ByteBuffer batches = from.bulkView();
    check(batches);
    return new Entry(header, List.of(batches));
  }

  private static void check(ByteBuffer batches) throws MalformedFrameException {
    if (LOG_BATCHES.check(batches) instanceof BatchCheck.Invalid invalid) {
      throw new MalformedFrameException("a damaged batch: " + invalid.message());
    }
  }

  /** Batches one by one; they are written as one piece. */
  static List<ByteBuffer> readBatches(FrameReader from) throws MalformedFrameException {
    ByteBuffer all = from.bulkView();
    List<ByteBuffer> batches = new ArrayList<>();
    if (all.hasRemaining()) {
      check(all);
      for (int at = 0; at < all.limit(); ) {
        int size = BatchFormat.sizeBytes(all, at);
        batches.add(all.slice(at, size));
        at += size;
      }
    }
    return batches;
  }
}
