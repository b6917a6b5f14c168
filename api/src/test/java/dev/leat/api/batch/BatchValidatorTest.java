package dev.leat.api.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.batch.BatchCheck.Invalid;
import dev.leat.api.batch.BatchCheck.Reason;
import dev.leat.api.batch.BatchCheck.Valid;
import dev.leat.api.batch.BatchValidator.Origin;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class BatchValidatorTest {

  private static final BatchValidator VALIDATOR = new BatchValidator(Origin.PRODUCER, 1 << 20);

  @Test
  void shouldAcceptBatchesBackToBackAnywhereInADirectBuffer() {
    ByteBuffer one = batch(1);
    ByteBuffer two = batch(2);
    ByteBuffer buffer = ByteBuffer.allocateDirect(one.remaining() + two.remaining() + 20);
    buffer.position(11).put(one.duplicate()).put(two.duplicate());
    buffer.limit(buffer.position()).position(11);

    BatchCheck check = VALIDATOR.check(buffer);

    long maxTimestamp =
        Math.max(BatchFormat.maxTimestamp(one, 0), BatchFormat.maxTimestamp(two, 0));
    assertThat(check).isEqualTo(new Valid(2, 20, maxTimestamp));
    assertThat(buffer.position()).isEqualTo(11);
  }

  @Test
  void shouldStayValidWhenBaseOffsetAndLeaderEpochArePatched() {
    ByteBuffer batch = batch(3);

    BatchFormat.patchBaseOffset(batch, 0, Long.MAX_VALUE - 100);
    BatchFormat.patchLeaderEpoch(batch, 0, 12);

    assertThat(VALIDATOR.check(batch)).isInstanceOf(Valid.class);
    assertThat(BatchHeader.read(batch, 0).lastOffset()).isEqualTo(Long.MAX_VALUE - 91);
  }

  @Test
  void shouldNameWhatIsWrong() {
    assertThat(reasonAfter(b -> b.putInt(8, -5))).isEqualTo(Reason.LENGTH);
    assertThat(reasonAfter(b -> b.putInt(8, Integer.MAX_VALUE))).isEqualTo(Reason.TOO_LARGE);
    assertThat(reasonAfter(b -> b.putInt(8, b.getInt(8) + 1))).isEqualTo(Reason.TRUNCATED);
    assertThat(reasonAfter(b -> b.limit(60))).isEqualTo(Reason.TRUNCATED);
    assertThat(reasonAfter(b -> b.limit(0))).isEqualTo(Reason.EMPTY);
    assertThat(reasonAfter(b -> b.put(16, (byte) 1))).isEqualTo(Reason.MAGIC);
    assertThat(reasonAfter(b -> b.put(80, (byte) ~b.get(80)))).isEqualTo(Reason.CHECKSUM);
  }

  @Test
  void shouldRefuseWrongFieldsEvenWithTheRightChecksum() {
    assertThat(reasonAfterRepaired(b -> b.putShort(21, (short) 5))).isEqualTo(Reason.ATTRIBUTES);
    assertThat(reasonAfterRepaired(b -> b.putShort(21, (short) 0x80))).isEqualTo(Reason.ATTRIBUTES);
    assertThat(reasonAfterRepaired(b -> b.putShort(21, (short) 0x20))).isEqualTo(Reason.ATTRIBUTES);
    assertThat(reasonAfterRepaired(b -> b.putInt(23, 10))).isEqualTo(Reason.COUNT);
    assertThat(reasonAfterRepaired(b -> b.putInt(57, 0))).isEqualTo(Reason.COUNT);
    assertThat(reasonAfterRepaired(b -> b.putInt(57, 1 << 30).putInt(23, (1 << 30) - 1)))
        .isEqualTo(Reason.COUNT);
    assertThat(reasonAfterRepaired(b -> b.putInt(53, -1))).isEqualTo(Reason.PRODUCER);
    assertThat(reasonAfterRepaired(b -> b.putLong(43, -7))).isEqualTo(Reason.PRODUCER);
  }

  @Test
  void shouldLetTheLogHoldWhatKafkasCoordinatorsWrite() {
    ByteBuffer batch = batch(1);
    batch.putLong(43, -1).putShort(51, (short) -1).putInt(53, 0);
    batch.putInt(BatchFormat.CRC_AT, BatchFormat.computeCrc(batch, 0));

    assertThat(VALIDATOR.check(batch)).isInstanceOf(Invalid.class);
    assertThat(new BatchValidator(Origin.LOG, 1 << 20).check(batch)).isInstanceOf(Valid.class);
  }

  @Test
  void shouldSayWhereTheBrokenBatchBegins() {
    ByteBuffer one = batch(1);
    ByteBuffer buffer = ByteBuffer.allocate(2 * one.remaining());
    buffer.put(one.duplicate()).put(one.duplicate()).flip();
    buffer.put(one.remaining() + 70, (byte) 99);

    BatchCheck check = VALIDATOR.check(buffer);

    assertThat(check)
        .isInstanceOfSatisfying(
            Invalid.class, invalid -> assertThat(invalid.at()).isEqualTo(one.remaining()));
  }

  @Test
  void shouldFindRecordsThatAreNotAtTheirOffsets() {
    ByteBuffer batch = batch(1);
    assertThat(VALIDATOR.checkRecords(batch, 0, 1 << 20)).isInstanceOf(Valid.class);

    batch.put(BatchFormat.HEADER_BYTES + recordLengthBytes(batch) + 3, (byte) 4);

    assertThat(VALIDATOR.checkRecords(batch, 0, 1 << 20)).isInstanceOf(Invalid.class);
  }

  @Test
  void shouldNeverThrowOnRandomBytes() {
    Random random = new Random(7);
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = new byte[random.nextInt(200)];
      random.nextBytes(bytes);
      if (bytes.length > 16) {
        bytes[16] = 2;
        bytes[8] = 0;
        bytes[9] = 0;
        bytes[10] = 0;
      }

      assertThat(VALIDATOR.check(ByteBuffer.wrap(bytes))).isInstanceOf(Invalid.class);
    }
  }

  private static int recordLengthBytes(ByteBuffer batch) {
    return batch.get(BatchFormat.HEADER_BYTES) < 0 ? 2 : 1;
  }

  private static Reason reasonAfter(Consumer<ByteBuffer> damage) {
    ByteBuffer batch = batch(8);
    damage.accept(batch);
    return ((Invalid) VALIDATOR.check(batch)).reason();
  }

  private static Reason reasonAfterRepaired(Consumer<ByteBuffer> damage) {
    return reasonAfter(
        batch -> {
          damage.accept(batch);
          batch.putInt(BatchFormat.CRC_AT, BatchFormat.computeCrc(batch, 0));
        });
  }

  private static ByteBuffer batch(int seed) {
    return TestRecords.batch(TestRecords.random(seed, 10, 100), Compression.NONE);
  }
}
