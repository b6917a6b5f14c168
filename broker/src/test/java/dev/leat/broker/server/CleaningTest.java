package dev.leat.broker.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.leat.api.batch.BatchFormat;
import dev.leat.api.batch.RecordReader;
import dev.leat.broker.journal.JournalVerifier;
import dev.leat.broker.log.Journal;
import dev.leat.broker.runtime.BrokerApi;
import dev.leat.broker.runtime.LivePartition;
import dev.leat.v1.Cleanup;
import dev.leat.v1.CreateTopicRequest;
import dev.leat.v1.DeleteRecordsRequest;
import dev.leat.v1.ErrorCode;
import dev.leat.v1.FetchPartition;
import dev.leat.v1.FetchRequest;
import dev.leat.v1.FetchResponse;
import dev.leat.v1.FetchedPartition;
import dev.leat.v1.NamedOffset;
import dev.leat.v1.OffsetSpec;
import dev.leat.v1.PartitionAck;
import dev.leat.v1.PartitionRecords;
import dev.leat.v1.Record;
import dev.leat.v1.TopicSpec;
import io.grpc.Context;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker lets go of what nobody needs: by retention, evacuation and compaction together. */
class CleaningTest {
  private static final long SEGMENT_BYTES = 4 << 20;
  private static final long MAX_BYTES = 16 * SEGMENT_BYTES;
  private static final int VALUE_BYTES = 1000;
  private static final int BATCH = 200;
  private static final int DEADLINE_S = 30;

  @TempDir Path directory;

  private RunningBroker start() throws Exception {
    return new RunningBroker(directory, config -> config.withJournal(SEGMENT_BYTES, MAX_BYTES, 50));
  }

  @Test
  void shouldKeepTheLastValueOfEachKeyInOrder() throws Exception {
    Map<String, String> last = new LinkedHashMap<>();
    try (RunningBroker broker = start()) {
      create(
          broker,
          TopicSpec.newBuilder()
              .setName("compacted")
              .setCleanup(Cleanup.CLEANUP_COMPACT)
              .putConfig("delete.retention.ms", "0")
              .putConfig("min.cleanable.dirty.ratio", "0"));
      create(broker, TopicSpec.newBuilder().setName("other").setRetentionBytes(1 << 20));

      for (int i = 0; i < 150; i++) {
        List<Record> records = new ArrayList<>();
        for (int k = 0; k < BATCH; k++) {
          String key = "key-" + (i * 37 + k * 11) % 300;
          // The last round deletes some.
          String value = i > 140 && k % 10 == 0 ? null : i + "-" + k;
          last.remove(key);
          last.put(key, value);
          records.add(record(key, value));
        }
        produce(broker, "compacted", records);
      }
      // What follows moves the last of it out of the hot segment.
      fill(broker, "other", 8);

      List<String> wanted = live(last);
      awaitOrGoOn(() -> read(broker, "compacted").equals(wanted));
      assertThat(read(broker, "compacted")).isEqualTo(wanted);
    }
    try (RunningBroker broker = start()) {
      assertThat(read(broker, "compacted")).isEqualTo(live(last));
      produce(broker, "compacted", List.of(record("new", "value")));
      assertThat(read(broker, "compacted")).endsWith("new=value");
    }
    verify();
  }

  @Test
  void shouldBoundTheDiskWhenOnePartitionLivesForEver() throws Exception {
    List<String> kept = new ArrayList<>();
    try (RunningBroker broker = start()) {
      create(broker, TopicSpec.newBuilder().setName("forever").setRetentionMs(-1));
      create(broker, TopicSpec.newBuilder().setName("heavy").setRetentionBytes(1 << 20));

      for (int i = 0; i < 40; i++) {
        kept.add("k=" + i);
        produce(broker, "forever", List.of(record("k", Integer.toString(i))));
        fill(broker, "heavy", 1);
      }

      assertThat(diskBytes()).isLessThanOrEqualTo(MAX_BYTES);
      assertThat(read(broker, "forever")).isEqualTo(kept);
    }
    try (RunningBroker broker = start()) {
      assertThat(read(broker, "forever")).isEqualTo(kept);
    }
    verify();
  }

  @Test
  void shouldDeleteRecordsForGood() throws Exception {
    try (RunningBroker broker = start()) {
      create(broker, TopicSpec.newBuilder().setName("click"));
      produce(broker, "click", List.of(record("a", "1"), record("b", "2")));
      produce(broker, "click", List.of(record("c", "3"), record("d", "4")));

      assertThat(deleteRecords(broker, "click", 3)).isEqualTo(3);
      assertThat(deleteRecords(broker, "click", 1)).isEqualTo(3);
      assertThatThrownBy(() -> deleteRecords(broker, "click", 5))
          .hasMessageContaining("OUT_OF_RANGE");
      assertThatThrownBy(() -> deleteRecords(broker, "nosuch", 0))
          .hasMessageContaining("NOT_FOUND");
    }
    try (RunningBroker broker = start()) {
      assertThat(deleteRecords(broker, "click", 0)).isEqualTo(3);
      assertThat(deleteRecords(broker, "click", -1)).isEqualTo(4);
      produce(broker, "click", List.of(record("e", "5")));
      assertThat(read(broker, "click")).containsExactly("e=5");
    }
  }

  @Test
  void shouldReadOnToTheEndWhenTheBeginningIsReleasedMeanwhile() throws Exception {
    try (RunningBroker broker = start()) {
      create(broker, TopicSpec.newBuilder().setName("log"));
      fill(broker, "log", 3);
      BrokerApi api = broker.broker().api();
      LivePartition partition = api.topics().find("log").partition(0);
      long end = partition.highWatermark();
      List<Long> read = new ArrayList<>();

      api.internalLog()
          .read(
              partition,
              0,
              end,
              batches -> {
                if (read.isEmpty()) {
                  deleteRecords(broker, "log", end - BATCH);
                  await("release", () -> isReleased(api, partition, 10 * BATCH));
                }
                read.add(BatchFormat.lastOffset(batches, batches.position()));
              });

      assertThat(read.getFirst()).isLessThan(10 * BATCH);
      assertThat(read).endsWith(end - 1);
    }
  }

  private static boolean isReleased(BrokerApi api, LivePartition partition, long offset) {
    try (Journal.Slice slice = api.batches().read(partition, offset, offset + BATCH, 1)) {
      return slice == null;
    }
  }

  @Test
  void shouldTakeNoRecordWithoutKeyIfCompacted() throws Exception {
    try (RunningBroker broker = start()) {
      create(
          broker, TopicSpec.newBuilder().setName("compacted").setCleanup(Cleanup.CLEANUP_COMPACT));
      Record bare = Record.newBuilder().setValue(ByteString.copyFromUtf8("x")).build();

      PartitionAck ack =
          broker.produceOne(
              PartitionRecords.newBuilder()
                  .setTopic("compacted")
                  .addRecords(record("a", "1"))
                  .addRecords(bare)
                  .build());

      assertThat(ack.getError().getCode()).isEqualTo(ErrorCode.ERROR_CODE_INVALID_RECORD);
      assertThat(ack.getError().getMessage()).contains("record 1");
      produce(broker, "compacted", List.of(record("a", "2")));
      assertThat(read(broker, "compacted")).containsExactly("a=2");
      assertThatThrownBy(() -> deleteRecords(broker, "compacted", 0))
          .hasMessageContaining("tombstones");
    }
  }

  private static long deleteRecords(RunningBroker broker, String topic, long beforeOffset) {
    return broker
        .topics()
        .deleteRecords(
            DeleteRecordsRequest.newBuilder().setTopic(topic).setBeforeOffset(beforeOffset).build())
        .getLogStartOffset();
  }

  private static List<String> live(Map<String, String> last) {
    List<String> records = new ArrayList<>();
    last.forEach(
        (key, value) -> {
          if (value != null) {
            records.add(key + "=" + value);
          }
        });
    return records;
  }

  private static void create(RunningBroker broker, TopicSpec.Builder spec) {
    broker
        .topics()
        .createTopic(CreateTopicRequest.newBuilder().setTopic(spec.setPartitions(1)).build());
  }

  /** About as many segments of records. */
  private static void fill(RunningBroker broker, String topic, int segments) throws Exception {
    for (long bytes = 0; bytes < segments * SEGMENT_BYTES; bytes += BATCH * VALUE_BYTES) {
      List<Record> records = new ArrayList<>();
      for (int k = 0; k < BATCH; k++) {
        records.add(record("filler", "x"));
      }
      produce(broker, topic, records);
    }
  }

  private static Record record(String key, String value) {
    Record.Builder record = Record.newBuilder().setKey(ByteString.copyFromUtf8(key));
    if (value != null) {
      record.setValue(ByteString.copyFromUtf8(value + "!".repeat(VALUE_BYTES)));
    }
    return record.build();
  }

  private static void produce(RunningBroker broker, String topic, List<Record> records)
      throws Exception {
    PartitionRecords part =
        PartitionRecords.newBuilder().setTopic(topic).addAllRecords(records).build();
    await("room for " + topic, () -> isTaken(broker, part));
  }

  /** Producers may be faster than the cleaner: then they wait. */
  private static boolean isTaken(RunningBroker broker, PartitionRecords part) {
    try {
      PartitionAck ack = broker.produceOne(part);
      assertThat(ack.getError().getCode())
          .isIn(ErrorCode.ERROR_CODE_UNSPECIFIED, ErrorCode.ERROR_CODE_DISK_FULL);
      return !ack.hasError();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** All records that are no tombstones, up to the high watermark. */
  private static List<String> read(RunningBroker broker, String topic) {
    try (Context.CancellableContext call = Context.current().withCancellation()) {
      return call.call(() -> readAll(broker, topic));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> readAll(RunningBroker broker, String topic) {
    Iterator<FetchResponse> responses =
        broker
            .recordsBlocking()
            .fetch(
                FetchRequest.newBuilder()
                    .addPartitions(
                        FetchPartition.newBuilder()
                            .setTopic(topic)
                            .setStart(
                                OffsetSpec.newBuilder()
                                    .setNamed(NamedOffset.NAMED_OFFSET_EARLIEST)))
                    .build());
    List<String> found = new ArrayList<>();
    long next = 0;
    long end = 1;
    while (next < end) {
      FetchedPartition partition = responses.next().getPartitions(0);
      ByteBuffer batches = partition.getBatches().asReadOnlyByteBuffer();
      for (int at = 0; at < batches.limit(); at += BatchFormat.sizeBytes(batches, at)) {
        RecordReader reader = RecordReader.of(batches, at);
        while (reader.next()) {
          if (reader.valueBytes() >= 0) {
            found.add(text(reader.copyKey()) + "=" + text(reader.copyValue()));
          }
        }
        next = BatchFormat.lastOffset(batches, at) + 1;
      }
      end = partition.getHighWatermark();
    }
    return found;
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8).replace("!", "");
  }

  private long diskBytes() {
    try (Stream<Path> files = Files.walk(directory.resolve("broker-0"))) {
      return files.filter(Files::isRegularFile).mapToLong(CleaningTest::size).sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      return 0;
    }
  }

  private void verify() throws IOException {
    var report = JournalVerifier.verify(directory.resolve("broker-0"), (done, total) -> {});
    assertThat(report.findings()).isEmpty();
  }

  /** For conditions that an assertion says more about. */
  private static void awaitOrGoOn(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_S);
    while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  private static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_S);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time: " + what).isLessThan(deadline);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }
}
