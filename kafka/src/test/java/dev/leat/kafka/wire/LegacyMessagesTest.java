package dev.leat.kafka.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LegacyMessagesTest {
  private static final long NOW = 1_700_000_000_000L;
  private static final int MAX_BYTES = 1 << 20;

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static ByteBuffer messages(byte magic, String codec, int count) {
    SimpleRecord[] records = new SimpleRecord[count];
    for (int i = 0; i < count; i++) {
      long time = magic == RecordBatch.MAGIC_VALUE_V0 ? RecordBatch.NO_TIMESTAMP : NOW + i;
      records[i] = new SimpleRecord(time, i % 2 == 0 ? null : utf8("k" + i), utf8("value " + i));
    }
    Compression compression = Compression.of(CompressionType.forName(codec)).build();
    return MemoryRecords.withRecords(magic, compression, records).buffer();
  }

  private static List<Record> read(ByteBuffer batch) {
    List<Record> read = new ArrayList<>();
    for (RecordBatch one : MemoryRecords.readableRecords(batch).batches()) {
      one.ensureValid();
      one.forEach(read::add);
    }
    return read;
  }

  @ParameterizedTest
  @CsvSource({"0,none", "0,gzip", "0,snappy", "0,lz4", "1,none", "1,gzip", "1,snappy", "1,lz4"})
  void shouldKeepKeysAndValues(byte magic, String codec) {
    ByteBuffer old = messages(magic, codec, 50);

    ByteBuffer batch = LegacyMessages.convert(old, MAX_BYTES, NOW);

    assertThat(LegacyMessages.isLegacy(old)).isTrue();
    assertThat(LegacyMessages.isLegacy(batch)).isFalse();
    List<Record> read = read(batch);
    assertThat(read).hasSize(50);
    for (int i = 0; i < 50; i++) {
      assertThat(read.get(i).offset()).isEqualTo(i);
      assertThat(read.get(i).hasKey()).isEqualTo(i % 2 == 1);
      assertThat(read.get(i).value()).isEqualTo(ByteBuffer.wrap(utf8("value " + i)));
      assertThat(read.get(i).timestamp()).isEqualTo(magic == 0 ? NOW : NOW + i);
    }
  }

  @Test
  void shouldRefuseWrongChecksums() {
    ByteBuffer old = messages(RecordBatch.MAGIC_VALUE_V1, "none", 1);
    old.put(old.limit() - 1, (byte) 'x');

    assertThatThrownBy(() -> LegacyMessages.convert(old, MAX_BYTES, NOW))
        .isInstanceOf(CorruptRecordException.class);
  }

  @Test
  void shouldRefuseNothing() {
    assertThatThrownBy(() -> LegacyMessages.convert(ByteBuffer.allocate(0), MAX_BYTES, NOW))
        .isInstanceOf(InvalidRecordException.class);
  }

  @Test
  void shouldRefuseBombs() {
    SimpleRecord large = new SimpleRecord(NOW, null, new byte[50 << 20]);
    ByteBuffer bomb =
        MemoryRecords.withRecords(RecordBatch.MAGIC_VALUE_V1, Compression.gzip().build(), large)
            .buffer();

    assertThat(bomb.remaining()).isLessThan(MAX_BYTES);
    assertThatThrownBy(() -> LegacyMessages.convert(bomb, MAX_BYTES, NOW))
        .isInstanceOf(RecordTooLargeException.class);
  }

  @Test
  void shouldRefuseDamageWithAnErrorOfKafka() {
    Random random = new Random(4711);
    for (int i = 0; i < 20_000; i++) {
      ByteBuffer old = messages((byte) (i % 2), i % 3 == 0 ? "gzip" : "none", 3);
      for (int j = random.nextInt(4); j >= 0; j--) {
        old.put(random.nextInt(old.limit()), (byte) random.nextInt());
      }
      try {
        LegacyMessages.convert(old, MAX_BYTES, NOW);
      } catch (ApiException refused) {
        assertThat(refused).hasMessageNotContaining("null");
      }
    }
  }
}
