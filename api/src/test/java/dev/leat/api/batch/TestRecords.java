package dev.leat.api.batch;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Records for tests, and what a reader gives back of them. */
final class TestRecords {

  /** A record with everything that can be in one. */
  record TestRecord(
      long timestamp,
      @Nullable ByteBuffer key,
      @Nullable ByteBuffer value,
      List<RecordHeader> headers) {}

  private TestRecords() {}

  /** Compressible and incompressible, with and without key, value and headers. */
  static List<TestRecord> random(long seed, int count, int maxValueBytes) {
    Random random = new Random(seed);
    List<TestRecord> records = new ArrayList<>();
    long now = 1_700_000_000_000L;
    for (int i = 0; i < count; i++) {
      List<RecordHeader> headers = new ArrayList<>();
      for (int h = random.nextInt(8) == 0 ? 1 + random.nextInt(3) : 0; h > 0; h--) {
        headers.add(new RecordHeader("h" + h + "é", h == 1 ? null : bytes(random, 9).array()));
      }
      records.add(
          new TestRecord(
              now + random.nextInt(-5_000, 5_000),
              random.nextInt(5) == 0 ? null : bytes(random, 40),
              random.nextInt(9) == 0 ? null : bytes(random, maxValueBytes),
              headers));
    }
    return records;
  }

  private static ByteBuffer bytes(Random random, int maxBytes) {
    byte[] bytes = new byte[random.nextInt(maxBytes + 1)];
    if (random.nextBoolean()) {
      random.nextBytes(bytes);
    }
    return ByteBuffer.wrap(bytes);
  }

  static ByteBuffer batch(List<TestRecord> records, Compression compression) {
    BatchBuilder builder = new BatchBuilder(new byte[128]).producer(4711, 3, 17);
    for (TestRecord record : records) {
      while (!builder.append(record.timestamp(), record.key(), record.value(), record.headers())) {
        builder.grow(64 << 20);
      }
    }
    return builder.finish(compression);
  }

  static List<TestRecord> read(ByteBuffer buffer, int at) {
    RecordReader reader = RecordReader.of(buffer, at);
    List<TestRecord> records = new ArrayList<>();
    while (reader.next()) {
      records.add(
          new TestRecord(reader.timestamp(), reader.key(), reader.value(), reader.headers()));
    }
    return records;
  }
}
