package dev.leat.kafka.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leat.broker.runtime.TopicDirectory;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.storage.internals.log.VerificationGuard;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Offsets that a transaction commits, when its confirmation is older than the last marker. */
class TransactionalWriteTest {
  private static final TopicPartition PARTITION = new TopicPartition("__consumer_offsets", 4);
  private static final long PRODUCER = 7;
  private static final short EPOCH = 0;
  private static final short VERSION = 0;

  @TempDir Path directory;

  @Test
  void shouldHaveAskedAgainWhomAMarkerHasOvertaken() throws Exception {
    try (CoordinatedBroker broker = new CoordinatedBroker(directory)) {
      LogPartitionWriter writer = writer(broker);
      assertThat(writer.append(PARTITION, confirmed(writer), offsets(), VERSION)).isEqualTo(1);
      writer.append(PARTITION, VerificationGuard.SENTINEL, marker(), VERSION);

      VerificationGuard late = confirmed(writer);

      // Retriable for clients; INVALID_TXN_STATE would end a producer that has done nothing wrong.
      assertThatThrownBy(() -> writer.append(PARTITION, late, offsets(), VERSION))
          .isInstanceOf(NotEnoughReplicasException.class);
    }
  }

  @Test
  void shouldRefuseWhatNoCoordinatorHasConfirmed() throws Exception {
    try (CoordinatedBroker broker = new CoordinatedBroker(directory)) {
      LogPartitionWriter writer = writer(broker);

      assertThatThrownBy(
              () -> writer.append(PARTITION, VerificationGuard.SENTINEL, offsets(), VERSION))
          .isInstanceOf(InvalidTxnStateException.class);
    }
  }

  private static LogPartitionWriter writer(CoordinatedBroker broker) {
    TopicDirectory.Topic topic =
        CoordinatedBroker.await(
            broker.coordinators().topics().ensure(InternalTopic.CONSUMER_OFFSETS));
    LedPartitions led = new LedPartitions(topic, Runnable::run, new Ignored());
    led.start();
    // Whoever asked noted the high watermark when the partition was empty.
    return new LogPartitionWriter(
        broker.api().internalLog(),
        led,
        (producer, partition, highWatermark, adds) ->
            CompletableFuture.completedStage(new TransactionVerifier.Confirmation(Errors.NONE, 0)));
  }

  private static VerificationGuard confirmed(LogPartitionWriter writer) {
    return CoordinatedBroker.await(
        writer.maybeStartTransactionVerification(PARTITION, "copier", PRODUCER, EPOCH, 5));
  }

  private static MemoryRecords offsets() {
    return MemoryRecords.withTransactionalRecords(
        Compression.NONE, PRODUCER, EPOCH, 0, new SimpleRecord("offset".getBytes()));
  }

  private static MemoryRecords marker() {
    return MemoryRecords.withEndTransactionMarker(
        PRODUCER, EPOCH, new EndTransactionMarker(ControlRecordType.COMMIT, 0));
  }

  /** Elections do not matter here. */
  private static final class Ignored implements LedPartitions.Listener {
    @Override
    public void elected(int partition, int epoch) {}

    @Override
    public void resigned(int partition, OptionalInt epoch) {}
  }
}
