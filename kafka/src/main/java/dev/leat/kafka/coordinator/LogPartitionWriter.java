package dev.leat.kafka.coordinator;

import dev.leat.broker.runtime.Answer;
import dev.leat.broker.runtime.InternalLog;
import dev.leat.broker.runtime.LivePartition;
import dev.leat.broker.runtime.RequestError;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.coordinator.common.runtime.PartitionWriter;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.VerificationGuard;

/**
 * Writes what coordinators append to their partitions.
 *
 * <p>An append returns as soon as the core has given it its offset. It is answered to clients when
 * the high watermark has passed it, so nothing is answered that is not on the disks of a quorum.
 */
public final class LogPartitionWriter implements PartitionWriter {
  /** The core gives offsets within a round; only a broker that is stopping does not. */
  private static final int APPEND_TIMEOUT_S = 10;

  private static final LogConfig CONFIG = new LogConfig(Map.of());

  private final InternalLog log;
  private final LedPartitions partitions;
  private final Map<Subscription, Runnable> waiters = new ConcurrentHashMap<>();

  private record Subscription(TopicPartition partition, Listener listener) {}

  /** A writer for the partitions of one internal topic. */
  public LogPartitionWriter(InternalLog log, LedPartitions partitions) {
    this.log = log;
    this.partitions = partitions;
  }

  @Override
  public void registerListener(TopicPartition name, Listener listener) {
    LivePartition partition = partitions.partition(name);
    // The listener only queues an event: it may be called on the core loop.
    Runnable waiter =
        () -> {
          try {
            listener.onHighWatermarkUpdated(name, partition.highWatermark());
          } catch (RejectedExecutionException stopping) {
            // The coordinator stops: nobody waits for this any more.
          }
        };
    waiters.put(new Subscription(name, listener), waiter);
    partition.subscribe(waiter);
  }

  @Override
  public void deregisterListener(TopicPartition name, Listener listener) {
    Runnable waiter = waiters.remove(new Subscription(name, listener));
    if (waiter != null) {
      partitions.partition(name).unsubscribe(waiter);
    }
  }

  @Override
  public LogConfig config(TopicPartition name) {
    return CONFIG;
  }

  @Override
  public long append(
      TopicPartition name, VerificationGuard guard, MemoryRecords records, short version) {
    OptionalInt epoch = partitions.epoch(name);
    if (epoch.isEmpty()) {
      throw new NotLeaderOrFollowerException("this broker does not lead " + name);
    }
    CompletionStage<Answer<Long>> answer =
        log.append(partitions.partition(name), epoch.getAsInt(), copy(records));
    return switch (await(name, answer)) {
      case Answer.Ok<Long>(Long endOffset) -> endOffset;
      case Answer.Refused<Long>(RequestError error) -> throw exception(error);
    };
  }

  /** The runtime uses its buffer again. */
  private static ByteBuffer copy(MemoryRecords records) {
    ByteBuffer copy = ByteBuffer.allocate(records.sizeInBytes());
    return copy.put(records.buffer().duplicate()).flip();
  }

  private static Answer<Long> await(TopicPartition name, CompletionStage<Answer<Long>> answer) {
    try {
      return answer.toCompletableFuture().get(APPEND_TIMEOUT_S, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    } catch (ExecutionException | TimeoutException e) {
      // Whether it is in the log is not known: as if another leads, so that the state is read anew.
      throw new NotLeaderOrFollowerException("an append to " + name + " was not answered", e);
    }
  }

  private static KafkaException exception(RequestError error) {
    return switch (error.code()) {
      case NOT_LEADER, UNKNOWN_PARTITION -> new NotLeaderOrFollowerException(error.message());
      case RECORD_TOO_LARGE -> new RecordTooLargeException(error.message());
      default -> new NotEnoughReplicasException(error.message());
    };
  }

  @Override
  public CompletableFuture<VerificationGuard> maybeStartTransactionVerification(
      TopicPartition name, String transactionalId, long producerId, short epoch, int apiVersion) {
    return CompletableFuture.completedFuture(VerificationGuard.SENTINEL);
  }

  @Override
  public CompletableFuture<Void> deleteRecords(TopicPartition name, long beforeOffset) {
    return log.deleteBefore(partitions.partition(name), beforeOffset)
        .<Void>thenApply(
            answer -> {
              if (answer instanceof Answer.Refused<Long>(RequestError error)) {
                throw exception(error);
              }
              return null;
            })
        .toCompletableFuture();
  }
}
