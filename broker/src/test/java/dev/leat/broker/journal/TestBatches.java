package dev.leat.broker.journal;

import dev.leat.api.batch.BatchFormat;
import dev.leat.broker.log.Entry;
import dev.leat.broker.log.EntryHeader;
import dev.leat.broker.log.EntryKind;
import dev.leat.broker.log.GroupId;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;

/** Makes entries whose bytes can be told from those of every other entry. */
final class TestBatches {
  private TestBatches() {}

  /** A batch with random records; well-formed as far as a journal looks. */
  static ByteBuffer batch(long baseOffset, int epoch, int records, int payloadBytes, long seed) {
    byte[] payload = new byte[payloadBytes];
    new Random(seed).nextBytes(payload);
    ByteBuffer batch = ByteBuffer.allocate(BatchFormat.HEADER_BYTES + payloadBytes);
    batch.putLong(baseOffset);
    batch.putInt(batch.capacity() - BatchFormat.LENGTH_OVERHEAD_BYTES);
    batch.putInt(epoch).put(BatchFormat.MAGIC).putInt(0).putShort((short) 0);
    batch.putInt(records - 1).putLong(0).putLong(baseOffset);
    batch.putLong(-1).putShort((short) -1).putInt(-1).putInt(records);
    batch.put(payload).flip();
    batch.putInt(17, BatchFormat.computeCrc(batch, 0));
    return batch;
  }

  /** An entry with one batch of {@code records} records. */
  static Entry entry(EntryHeader header, int payloadBytes, long seed) {
    ByteBuffer batch =
        batch(
            header.baseOffset(), header.epoch(), header.lastOffsetDelta() + 1, payloadBytes, seed);
    return new Entry(header, List.of(batch));
  }

  static EntryHeader header(GroupId group, long seq, int partition, long baseOffset, int records) {
    return new EntryHeader(
        group, seq, 1, EntryKind.BATCHES, partition, baseOffset, records - 1, seq, List.of());
  }
}
