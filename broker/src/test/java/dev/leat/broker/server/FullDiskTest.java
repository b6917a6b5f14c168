package dev.leat.broker.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.leat.broker.journal.JournalVerifier;
import dev.leat.v1.DeleteTopicRequest;
import dev.leat.v1.Error;
import dev.leat.v1.ErrorCode;
import dev.leat.v1.PartitionAck;
import dev.leat.v1.PartitionRecords;
import dev.leat.v1.ProduceRequest;
import dev.leat.v1.ProduceResponse;
import dev.leat.v1.Record;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.Collections;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker whose journal may take no more: records are refused, all else goes on. */
class FullDiskTest {
  private static final long SEGMENT_BYTES = 4 << 20;
  private static final long MAX_BYTES = 16 * SEGMENT_BYTES;
  private static final int VALUE_BYTES = 500_000;
  private static final int DEADLINE_S = 30;

  @TempDir Path directory;

  @Test
  void shouldRefuseRecordsReadOnAndGoOnWhenThereIsRoom() throws Exception {
    try (RunningBroker running =
        new RunningBroker(directory, config -> config.withJournal(SEGMENT_BYTES, MAX_BYTES, 50))) {
      running.createTopic("kept", 1);
      running.createTopic("heavy", 1);
      running.produceOne(record("kept", "first"));

      int taken = 0;
      Error refusal = null;
      while (refusal == null) {
        PartitionAck ack = running.produceOne(record("heavy", "x".repeat(VALUE_BYTES)));
        refusal = ack.hasError() ? ack.getError() : null;
        taken += ack.hasError() ? 0 : 1;
        assertThat((long) taken * VALUE_BYTES).isLessThan(MAX_BYTES);
      }

      assertThat(refusal.getCode()).isEqualTo(ErrorCode.ERROR_CODE_DISK_FULL);
      assertThat(refusal.getMessage())
          .startsWith("heavy/0: " + directory.resolve("broker-0") + " is nearly full: ")
          .contains("delete topics or enlarge the disk")
          .doesNotContain("\n");
      assertThat(running.read("kept", 0, 1)).containsExactly("first");
      assertThat(running.read("heavy", 0, taken))
          .isEqualTo(Collections.nCopies(taken, "x".repeat(VALUE_BYTES)));

      running.topics().deleteTopic(DeleteTopicRequest.newBuilder().setName("heavy").build());
      awaitTaken(running, record("kept", "second"));
      assertThat(running.read("kept", 0, 2)).containsExactly("first", "second");
    }
    assertThat(
            JournalVerifier.verify(directory.resolve("broker-0"), (done, total) -> {}).findings())
        .isEmpty();
  }

  /** More comes at once than there is room for, faster than the disk is looked at. */
  @Test
  void shouldTakeWhatFitsOfABurstAndRefuseTheRest() throws Exception {
    try (RunningBroker running =
        new RunningBroker(directory, config -> config.withJournal(SEGMENT_BYTES, MAX_BYTES, 50))) {
      running.createTopic("heavy", 1);
      int requests = (int) (3 * MAX_BYTES / VALUE_BYTES);
      BlockingQueue<ProduceResponse> responses = new LinkedBlockingQueue<>();
      StreamObserver<ProduceRequest> stream =
          running.records().produce(RunningBroker.into(responses));
      for (int i = 0; i < requests; i++) {
        stream.onNext(
            ProduceRequest.newBuilder()
                .setId(i)
                .addPartitions(record("heavy", "x".repeat(VALUE_BYTES)))
                .build());
      }

      int taken = 0;
      for (int i = 0; i < requests; i++) {
        ProduceResponse response = responses.poll(DEADLINE_S, TimeUnit.SECONDS);
        assertThat(response).as("answer %s", i).isNotNull();
        PartitionAck ack = response.getAcks(0);
        taken += ack.hasError() ? 0 : 1;
        if (ack.hasError()) {
          assertThat(ack.getError().getCode()).isEqualTo(ErrorCode.ERROR_CODE_DISK_FULL);
        }
      }
      stream.onCompleted();
      assertThat((long) taken * VALUE_BYTES).isBetween(MAX_BYTES / 2, MAX_BYTES);
      assertThat(running.read("heavy", 0, taken)).hasSize(taken);
      running.createTopic("another", 1);
      assertThat(running.produceOne(record("another", "x")).getError().getCode())
          .as("a group that came after")
          .isEqualTo(ErrorCode.ERROR_CODE_DISK_FULL);
    }
  }

  private static void awaitTaken(RunningBroker running, PartitionRecords part) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_S);
    while (running.produceOne(part).hasError()) {
      assertThat(System.nanoTime()).as("room in time").isLessThan(deadline);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  private static PartitionRecords record(String topic, String value) {
    return PartitionRecords.newBuilder()
        .setTopic(topic)
        .addRecords(Record.newBuilder().setValue(ByteString.copyFromUtf8(value)))
        .build();
  }
}
