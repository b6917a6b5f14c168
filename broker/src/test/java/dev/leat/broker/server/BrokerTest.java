package dev.leat.broker.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.leat.broker.journal.LmdbJournal;
import dev.leat.v1.DescribeTopicRequest;
import dev.leat.v1.PartitionRecords;
import dev.leat.v1.ProduceResponse;
import dev.leat.v1.Record;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerTest {
  @TempDir Path directory;

  @Test
  void shouldGiveBackWhatWasProduced() throws Exception {
    try (RunningBroker running = new RunningBroker(directory)) {
      running.createTopic("click", 3);

      ProduceResponse response = running.produce(records("click", 1, "a", "b", "c"));

      assertThat(response.getAcks(0).hasError()).isFalse();
      assertThat(response.getAcks(0).getBaseOffset()).isZero();
      assertThat(running.read("click", 1, 3)).containsExactly("a", "b", "c");
    }
  }

  @Test
  void shouldKeepRecordsAcrossRestart() throws Exception {
    try (RunningBroker running = new RunningBroker(directory)) {
      running.createTopic("click", 3);
      running.produce(records("click", 2, "before"));
    }

    try (RunningBroker running = new RunningBroker(directory)) {
      ProduceResponse response = running.produce(records("click", 2, "after"));

      assertThat(response.getAcks(0).getBaseOffset()).isEqualTo(1);
      assertThat(running.read("click", 2, 2)).containsExactly("before", "after");
      assertThat(
              running
                  .topics()
                  .describeTopic(DescribeTopicRequest.newBuilder().setName("click").build())
                  .getPartitions(2)
                  .getHighWatermark())
          .isEqualTo(2);
    }
  }

  @Test
  void shouldStopGroupsOfARestoredDirectoryUntilTheLossIsAccepted() throws Exception {
    try (RunningBroker running = new RunningBroker(directory)) {
      running.createTopic("click", 3);
      running.produce(records("click", 2, "before"));
    }
    Path disk = directory.resolve("broker-0");
    LmdbJournal.markRestored(disk, false);

    try (RunningBroker running = new RunningBroker(directory)) {
      assertThat(running.produce(records("click", 2, "lost")).getAcks(0).hasError()).isTrue();
    }
    try (RunningBroker running = new RunningBroker(directory)) {
      assertThat(running.produce(records("click", 2, "lost")).getAcks(0).hasError()).isTrue();
    }

    LmdbJournal.markRestored(disk, true);
    try (RunningBroker running = new RunningBroker(directory)) {
      // As clients do: the groups are led again a moment after the start.
      while (running.produce(records("click", 2, "after")).getAcks(0).hasError()) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      }
      assertThat(running.read("click", 2, 2)).containsExactly("before", "after");
    }
    try (RunningBroker running = new RunningBroker(directory)) {
      assertThat(running.read("click", 2, 2)).containsExactly("before", "after");
    }
  }

  private static PartitionRecords records(String topic, int partition, String... values) {
    PartitionRecords.Builder records =
        PartitionRecords.newBuilder().setTopic(topic).setPartition(partition);
    for (String value : values) {
      records.addRecords(Record.newBuilder().setValue(ByteString.copyFromUtf8(value)));
    }
    return records.build();
  }
}
