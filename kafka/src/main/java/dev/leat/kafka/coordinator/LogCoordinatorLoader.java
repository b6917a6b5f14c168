package dev.leat.kafka.coordinator;

import dev.leat.broker.runtime.Answer;
import dev.leat.broker.runtime.InternalLog;
import dev.leat.broker.runtime.LivePartition;
import dev.leat.broker.runtime.RequestError;
import dev.leat.broker.runtime.thread.Clock;
import java.nio.ByteBuffer;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.requests.TransactionResult;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.apache.kafka.common.utils.internals.CloseableIterator;
import org.apache.kafka.coordinator.common.runtime.CoordinatorLoader;
import org.apache.kafka.coordinator.common.runtime.CoordinatorPlayback;
import org.apache.kafka.coordinator.common.runtime.Deserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replays a partition's log into a coordinator that has just been elected.
 *
 * <p>All of the log counts, also what an earlier epoch of this broker appended and what is being
 * committed now: the load waits for that. Holes are normal, since the log is compacted. Memory: one
 * piece of the log at a time.
 *
 * @param <T> type of the records
 */
public final class LogCoordinatorLoader<T> implements CoordinatorLoader<T> {
  private static final Logger LOG = LoggerFactory.getLogger(LogCoordinatorLoader.class);

  private final InternalLog log;
  private final LedPartitions partitions;
  private final Deserializer<T> deserializer;
  private final Executor readers;
  private final Clock clock;
  private volatile boolean closed;

  /**
   * A loader for the partitions of one internal topic.
   *
   * @param readers runs loads: they wait for the disk
   */
  public LogCoordinatorLoader(
      InternalLog log,
      LedPartitions partitions,
      Deserializer<T> deserializer,
      Executor readers,
      Clock clock) {
    this.log = log;
    this.partitions = partitions;
    this.deserializer = deserializer;
    this.readers = readers;
    this.clock = clock;
  }

  @Override
  public CompletableFuture<LoadSummary> load(
      TopicPartition name, CoordinatorPlayback<T> coordinator) {
    LivePartition partition = partitions.partition(name);
    long queuedMs = clock.wallMs();
    return log.endOffset(partition)
        .thenCompose(answer -> committed(partition, answer))
        .thenApplyAsync(end -> new Load(name, partition, coordinator, end).run(queuedMs), readers)
        .toCompletableFuture();
  }

  /** The end of the log, once everything below it is committed. */
  private static CompletionStage<Long> committed(LivePartition partition, Answer<Long> answer) {
    CompletableFuture<Long> committed = new CompletableFuture<>();
    switch (answer) {
      case Answer.Refused<Long>(RequestError error) ->
          committed.completeExceptionally(new NotLeaderOrFollowerException(error.message()));
      case Answer.Ok<Long>(Long end) -> {
        Runnable waiter =
            () -> {
              if (partition.highWatermark() >= end) {
                committed.complete(end);
              } else if (!partition.group().leadership().here()) {
                committed.completeExceptionally(
                    new NotLeaderOrFollowerException(
                        "this broker leads " + partition + " no more"));
              }
            };
        committed.whenComplete((done, failure) -> partition.unsubscribe(waiter));
        partition.subscribe(waiter);
        waiter.run();
      }
    }
    return committed;
  }

  @Override
  public void close() {
    closed = true;
  }

  /** One load. */
  private final class Load {
    private final TopicPartition name;
    private final LivePartition partition;
    private final CoordinatorPlayback<T> coordinator;
    private final long end;
    private final OptionalInt epoch;
    private long records;
    private long bytes;

    Load(
        TopicPartition name,
        LivePartition partition,
        CoordinatorPlayback<T> coordinator,
        long end) {
      this.name = name;
      this.partition = partition;
      this.coordinator = coordinator;
      this.end = end;
      this.epoch = partitions.epoch(name);
    }

    LoadSummary run(long queuedMs) {
      long startMs = clock.wallMs();
      log.read(partition, partition.logStart(), end, this::replay);
      if (end > 0) {
        coordinator.updateLastWrittenOffset(end);
        coordinator.updateLastCommittedOffset(end);
      }
      return new LoadSummary(startMs, clock.wallMs(), startMs - queuedMs, records, bytes);
    }

    private void replay(ByteBuffer batches) {
      if (closed || !partitions.epoch(name).equals(epoch)) {
        throw new NotLeaderOrFollowerException("the load of " + name + " is out of date");
      }
      bytes += batches.remaining();
      MemoryRecords.readableRecords(batches.duplicate()).batches().forEach(this::replay);
    }

    private void replay(RecordBatch batch) {
      try (CloseableIterator<Record> read = batch.streamingIterator(BufferSupplier.NO_CACHING)) {
        while (read.hasNext()) {
          Record record = read.next();
          if (record.offset() < partition.logStart()) {
            continue;
          }
          records++;
          if (batch.isControlBatch()) {
            replayMarker(batch, record);
          } else {
            replay(batch, record);
          }
        }
      }
    }

    private void replayMarker(RecordBatch batch, Record record) {
      ControlRecordType type = ControlRecordType.parse(record.key());
      if (type == ControlRecordType.COMMIT || type == ControlRecordType.ABORT) {
        coordinator.replayEndTransactionMarker(
            batch.producerId(),
            batch.producerEpoch(),
            type == ControlRecordType.COMMIT ? TransactionResult.COMMIT : TransactionResult.ABORT);
      }
    }

    private void replay(RecordBatch batch, Record record) {
      T decoded;
      try {
        decoded = deserializer.deserialize(record.key(), record.value());
      } catch (Deserializer.UnknownRecordTypeException e) {
        LOG.warn(
            "{} at offset {}: records of type {} are unknown here and left out; was a newer version"
                + " of the broker here before?",
            name,
            record.offset(),
            e.unknownType());
        return;
      }
      coordinator.replay(record.offset(), batch.producerId(), batch.producerEpoch(), decoded);
    }
  }
}
