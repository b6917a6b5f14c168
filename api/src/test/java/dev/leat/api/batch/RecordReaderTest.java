package dev.leat.api.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.xerial.snappy.Snappy;

class RecordReaderTest {

  @Test
  void shouldGiveViewsOfTheBuffer() {
    BatchBuilder builder = new BatchBuilder(new byte[200]);
    builder.append(1, new byte[] {1}, new byte[] {2});
    ByteBuffer batch = builder.finish(Compression.NONE);

    RecordReader reader = RecordReader.of(batch, 0);

    assertThat(reader.next()).isTrue();
    assertThat(reader.value().array()).isSameAs(batch.array());
    assertThat(reader.next()).isFalse();
    assertThat(reader.next()).isFalse();
  }

  @Test
  void shouldGiveAllRecordsTheBrokersTime() {
    ByteBuffer batch = TestRecords.batch(TestRecords.random(1, 5, 10), Compression.LZ4);

    BatchFormat.patchBrokerTime(batch, 0, 123);

    assertThat(TestRecords.read(batch, 0)).allMatch(record -> record.timestamp() == 123);
    assertThat(BatchFormat.crc(batch, 0)).isEqualTo(BatchFormat.computeCrc(batch, 0));
  }

  @Test
  void shouldReadASnappyBlockWithoutFraming() throws Exception {
    ByteBuffer plain = TestRecords.batch(TestRecords.random(1, 50, 100), Compression.NONE);
    int bytes = plain.remaining() - BatchFormat.HEADER_BYTES;
    byte[] block = new byte[Snappy.maxCompressedLength(bytes)];
    int size = Snappy.compress(plain.array(), BatchFormat.HEADER_BYTES, bytes, block, 0);
    ByteBuffer batch = ByteBuffer.allocate(BatchFormat.HEADER_BYTES + size);
    batch.put(0, plain, 0, BatchFormat.HEADER_BYTES);
    batch.put(BatchFormat.HEADER_BYTES, block, 0, size);
    batch.putInt(BatchFormat.LENGTH_AT, batch.capacity() - BatchFormat.LENGTH_OVERHEAD_BYTES);
    batch.putShort(BatchFormat.ATTRIBUTES_AT, (short) Compression.SNAPPY.id());

    assertThat(TestRecords.read(batch, 0)).isEqualTo(TestRecords.read(plain, 0));
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
  void shouldRefuseToDecompressMoreThanTheBound(Compression compression) {
    BatchBuilder builder = new BatchBuilder(new byte[8 << 20]);
    builder.append(1, null, new byte[7 << 20]);
    ByteBuffer bomb = builder.finish(compression);
    assertThat(bomb.remaining()).isLessThan(400_000);

    assertThat(RecordReader.of(bomb, 0, 8 << 20).next()).isTrue();
    assertThatThrownBy(() -> RecordReader.of(bomb, 0, 7 << 20))
        .isInstanceOf(CorruptBatchException.class)
        .hasMessageContaining("more than the limit");
  }

  @ParameterizedTest
  @EnumSource
  void shouldSurviveAnyDamage(Compression compression) {
    ByteBuffer original = TestRecords.batch(TestRecords.random(9, 40, 200), compression);
    Random random = new Random(10);
    int corrupt = 0;
    for (int round = 0; round < 4_000; round++) {
      ByteBuffer batch = copyOf(original);
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        // Everything but the length, so that the damage lies in what the reader believes.
        int at = BatchFormat.LEADER_EPOCH_AT + random.nextInt(batch.capacity() - 12);
        batch.put(at, (byte) random.nextInt());
      }
      try {
        TestRecords.read(batch, 0);
      } catch (CorruptBatchException e) {
        assertThat(e).message().isNotBlank();
        corrupt++;
      }
    }
    assertThat(corrupt).isGreaterThan(100);
  }

  private static ByteBuffer copyOf(ByteBuffer buffer) {
    return ByteBuffer.allocate(buffer.remaining()).put(0, buffer, 0, buffer.remaining());
  }
}
