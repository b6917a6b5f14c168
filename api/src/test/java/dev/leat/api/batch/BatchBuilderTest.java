package dev.leat.api.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.batch.TestRecords.TestRecord;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BatchBuilderTest {

  private static final long TIME = 1_700_000_000_000L;

  @Test
  void shouldWriteTheseBytes() {
    BatchBuilder builder = new BatchBuilder(new byte[256]).producer(0x1122334455667788L, 1, 42);

    builder.append(TIME, "k".getBytes(UTF_8), "value".getBytes(UTF_8));
    builder.append(TIME - 3, null, new byte[0], List.of(new RecordHeader("h", new byte[] {7})));

    ByteBuffer batch = builder.finish(Compression.NONE);
    assertThat(hex(batch))
        .isEqualTo(
            "0000000000000000" // base offset
                + "00000049" // length
                + "ffffffff" // leader epoch
                + "02" // magic
                + hexInt(BatchFormat.computeCrc(batch, 0))
                + "0000" // attributes
                + "00000001" // last offset delta
                + "0000018bcfe56800" // base timestamp
                + "0000018bcfe56800" // max timestamp
                + "1122334455667788" // producer id
                + "0001" // producer epoch
                + "0000002a" // base sequence
                + "00000002" // records
                + "18" // record of 12 bytes
                + "000000026b0a76616c756500"
                + "14" // record of 10 bytes
                + "00050201000202680207");
    assertThat(hexInt(BatchFormat.crc(batch, 0))).isEqualTo("d3661215");
  }

  @ParameterizedTest
  @EnumSource
  void shouldRoundTrip(Compression compression) {
    for (int seed = 0; seed < 20; seed++) {
      List<TestRecord> records = TestRecords.random(seed, 1 + seed * 20, 3_000);

      ByteBuffer batch = TestRecords.batch(records, compression);

      assertThat(TestRecords.read(batch, 0)).isEqualTo(records);
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldNeverExceedItsMemory(Compression compression) {
    Random random = new Random(5);
    for (int round = 0; round < 50; round++) {
      BatchBuilder builder = new BatchBuilder(new byte[200 + random.nextInt(5_000)]);
      byte[] value = new byte[random.nextInt(300)];
      random.nextBytes(value);

      while (builder.append(TIME + random.nextInt(), value, value)) {
        assertThat(builder.sizeBytes()).isLessThanOrEqualTo(builder.capacityBytes());
      }

      int before = builder.sizeBytes();
      assertThat(builder.finish(compression).remaining()).isLessThanOrEqualTo(before);
    }
  }

  @Test
  void shouldFillItsMemoryToTheLastByte() {
    byte[] value = new byte[100];
    int needed = sizeOf(value);

    boolean fits = new BatchBuilder(new byte[needed]).append(TIME, null, value);
    boolean fitsInLess = new BatchBuilder(new byte[needed - 1]).append(TIME, null, value);

    assertThat(fits).isTrue();
    assertThat(fitsInLess).isFalse();
    assertThat(BatchBuilder.maxSizeBytes(0, 100, List.of())).isBetween(needed + 0L, needed + 26L);
  }

  @Test
  void shouldKeepToItsBoundInLargerMemory() {
    byte[] value = new byte[100];
    int needed = sizeOf(value);

    boolean fits = new BatchBuilder(new byte[10_000], needed).append(TIME, null, value);
    boolean fitsInLess = new BatchBuilder(new byte[10_000], needed - 1).append(TIME, null, value);

    assertThat(fits).isTrue();
    assertThat(fitsInLess).isFalse();
  }

  @Test
  void shouldStayUncompressedWhenThatIsSmaller() {
    byte[] noise = new byte[1_000];
    new Random(6).nextBytes(noise);
    BatchBuilder builder = new BatchBuilder(new byte[2_000]);
    builder.append(TIME, null, noise);

    ByteBuffer batch = builder.finish(Compression.ZSTD);

    assertThat(BatchFormat.compressionId(batch, 0)).isZero();
    assertThat(TestRecords.read(batch, 0).getFirst().value()).isEqualTo(ByteBuffer.wrap(noise));
  }

  @Test
  void shouldGoOnInLargerMemory() {
    byte[] first = new byte[100];
    BatchBuilder builder = new BatchBuilder(first);
    builder.append(TIME, null, new byte[10]);

    byte[] freed = builder.moveTo(new byte[1_000]);

    assertThat(freed).isSameAs(first);
    Arrays.fill(freed, (byte) -1);
    assertThat(builder.append(TIME, null, new byte[500])).isTrue();
    assertThat(TestRecords.read(builder.finish(Compression.NONE), 0)).hasSize(2);
  }

  private static int sizeOf(byte[] value) {
    BatchBuilder builder = new BatchBuilder(new byte[10_000]);
    builder.append(TIME, null, value);
    return builder.sizeBytes();
  }

  private static String hex(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(0, bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static String hexInt(int value) {
    return HexFormat.of().toHexDigits(value);
  }
}
