package dev.leat.broker.log.compact;

import dev.leat.api.batch.BatchBuilder;
import dev.leat.api.batch.BatchFormat;
import dev.leat.api.batch.Compression;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/** Makes real batches of records {@code key=value}, or {@code key} for a tombstone. */
final class TestRecords {
  private static final int ATTRIBUTES_AT = 21;
  private static final int TRANSACTIONAL = 0x10;
  private static final int CONTROL = 0x20;

  private final Random random;

  TestRecords(Random random) {
    this.random = random;
  }

  static long timestamp(long offset) {
    return 500_000 + offset * 7 % 100;
  }

  /** A batch; of a transaction if there is a producer. */
  ByteBuffer batch(long base, List<String> records, long producer) {
    BatchBuilder builder = new BatchBuilder(new byte[4096]);
    for (int i = 0; i < records.size(); i++) {
      String[] parts = records.get(i).split("=", 2);
      builder.append(
          timestamp(base + i), bytes(parts[0]), parts.length == 1 ? null : bytes(parts[1]));
    }
    if (producer >= 0) {
      builder.producer(producer, 0, 0);
    }
    Compression[] all = Compression.values();
    return patch(
        builder.finish(all[random.nextInt(all.length)]), base, producer >= 0 ? TRANSACTIONAL : 0);
  }

  /** A transaction marker. */
  ByteBuffer marker(long base, long producer, boolean commit) {
    BatchBuilder builder = new BatchBuilder(new byte[256]);
    byte[] key = {0, 0, 0, (byte) (commit ? 1 : 0)};
    builder.append(timestamp(base), key, new byte[6]);
    builder.producer(producer, 0, 0);
    return patch(builder.finish(Compression.NONE), base, TRANSACTIONAL | CONTROL);
  }

  private static ByteBuffer patch(ByteBuffer batch, long base, int attributes) {
    ByteBuffer copy = ByteBuffer.allocate(batch.remaining()).put(batch).flip();
    BatchFormat.patchBaseOffset(copy, 0, base);
    copy.putShort(ATTRIBUTES_AT, (short) (copy.getShort(ATTRIBUTES_AT) | attributes));
    copy.putInt(17, BatchFormat.computeCrc(copy, 0));
    return copy;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
