package dev.leat.api.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.api.batch.BatchValidator.Origin;
import dev.leat.api.batch.TestRecords.TestRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Our batches are Kafka's, and Kafka's are ours: Apache Kafka's own classes are the oracle. */
class KafkaInteroperabilityTest {

  @ParameterizedTest
  @EnumSource
  void shouldBeReadByKafka(Compression compression) {
    List<TestRecord> records = TestRecords.random(1, 500, 2_000);

    ByteBuffer batch = TestRecords.batch(records, compression);

    MutableRecordBatch read = MemoryRecords.readableRecords(batch).batches().iterator().next();
    read.ensureValid();
    assertThat(read.compressionType().id).isEqualTo((byte) compression.id());
    assertThat(read.producerId()).isEqualTo(4711);
    assertThat(read.producerEpoch()).isEqualTo((short) 3);
    assertThat(read.baseSequence()).isEqualTo(17);
    assertThat(read.lastOffset()).isEqualTo(499);
    assertThat(read.countOrNull()).isEqualTo(500);
    assertThat(ofKafka(read)).isEqualTo(records);
  }

  @ParameterizedTest
  @EnumSource
  void shouldReadKafkasBatches(Compression compression) {
    List<TestRecord> records = TestRecords.random(2, 500, 2_000);

    ByteBuffer batch = byKafka(records, compression);

    assertThat(new BatchValidator(Origin.PRODUCER, 1 << 24).check(batch))
        .isInstanceOf(BatchCheck.Valid.class);
    assertThat(TestRecords.read(batch, 0)).isEqualTo(records);
    assertThat(BatchHeader.read(batch, 0).producerId()).isEqualTo(9);
  }

  @Test
  void shouldWriteTheSameBytesAsKafka() {
    List<TestRecord> records = TestRecords.random(3, 300, 700);

    ByteBuffer ours = TestRecords.batch(records, Compression.NONE);
    BatchFormat.patchBaseOffset(ours, 0, 77);
    BatchFormat.patchLeaderEpoch(ours, 0, 5);
    ByteBuffer kafkas = byKafka(records, Compression.NONE);
    BatchFormat.patchProducer(ours, 0, 9, 6);

    BatchFormat.patchProducer(kafkas, 0, 9, 6);
    assertThat(ours).isEqualTo(kafkas);
  }

  @Test
  void shouldMakeABatchPartOfATransactionAsKafkaDoes() {
    List<TestRecord> records = TestRecords.random(3, 30, 100);
    ByteBuffer batch = TestRecords.batch(records, Compression.NONE);

    BatchFormat.patchTransaction(batch, 0, 1L << 40, (short) 7, 3);

    MutableRecordBatch kafkas = MemoryRecords.readableRecords(batch).batches().iterator().next();
    kafkas.ensureValid();
    assertThat(kafkas.isTransactional()).isTrue();
    assertThat(kafkas.producerId()).isEqualTo(1L << 40);
    assertThat(kafkas.producerEpoch()).isEqualTo((short) 7);
    assertThat(kafkas.baseSequence()).isEqualTo(3);
    assertThat(TestRecords.read(batch, 0)).isEqualTo(records);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldWriteTransactionMarkersAsKafka(boolean commit) {
    ControlRecordType type = commit ? ControlRecordType.COMMIT : ControlRecordType.ABORT;
    TransactionMarker marker = new TransactionMarker(1L << 40, (short) 7, commit, 12, 1_234_567);

    ByteBuffer ours = marker.encode();
    ByteBuffer kafkas =
        MemoryRecords.withEndTransactionMarker(
                1_234_567, 1L << 40, (short) 7, new EndTransactionMarker(type, 12))
            .buffer();

    assertThat(ours).isEqualTo(kafkas);
    assertThat(TransactionMarker.read(kafkas, 0)).isEqualTo(marker);
    assertThat(new BatchValidator(Origin.LOG, 1_000).check(ours))
        .isInstanceOf(BatchCheck.Valid.class);
  }

  @Test
  void shouldPartitionKeysAsKafka() {
    Random random = new Random(4);

    for (int i = 0; i < 10_000; i++) {
      byte[] key = new byte[random.nextInt(40)];
      random.nextBytes(key);

      assertThat(Murmur2.hash(key)).isEqualTo(Utils.murmur2(key));
      assertThat(Murmur2.partition(key, 64)).isEqualTo(Utils.toPositive(Utils.murmur2(key)) % 64);
    }
  }

  private static ByteBuffer byKafka(List<TestRecord> records, Compression compression) {
    SimpleRecord[] simple =
        records.stream()
            .map(
                record ->
                    new SimpleRecord(
                        record.timestamp(), record.key(), record.value(), headers(record)))
            .toArray(SimpleRecord[]::new);
    return MemoryRecords.withRecords(
            (byte) 2,
            77,
            org.apache.kafka.common.compress.Compression.of(CompressionType.forId(compression.id()))
                .build(),
            TimestampType.CREATE_TIME,
            9,
            (short) 2,
            6,
            5,
            false,
            simple)
        .buffer();
  }

  private static Header[] headers(TestRecord record) {
    RecordHeaders headers = new RecordHeaders();
    record.headers().forEach(header -> headers.add(header.name(), header.value()));
    return headers.toArray();
  }

  private static List<TestRecord> ofKafka(MutableRecordBatch batch) {
    List<TestRecord> records = new ArrayList<>();
    for (Record record : batch) {
      List<RecordHeader> headers = new ArrayList<>();
      for (Header header : record.headers()) {
        headers.add(new RecordHeader(header.key(), header.value()));
      }
      records.add(new TestRecord(record.timestamp(), record.key(), record.value(), headers));
    }
    return records;
  }
}
