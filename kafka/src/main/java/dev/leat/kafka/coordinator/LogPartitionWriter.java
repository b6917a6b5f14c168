package dev.leat.kafka.coordinator;

import dev.leat.api.batch.BatchFormat;
import dev.leat.broker.log.AppendOrigin;
import dev.leat.broker.runtime.Answer;
import dev.leat.broker.runtime.InternalLog;
import dev.leat.broker.runtime.LivePartition;
import dev.leat.broker.runtime.RequestError;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
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
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TransactionCoordinatorFencedException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.coordinator.common.runtime.PartitionWriter;
import org.apache.kafka.server.common.TransactionVersion;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.VerificationGuard;

/**
 * Writes what coordinators append to their partitions.
 *
 * <p>An append returns as soon as the core has given it its offset. It is answered to clients when
 * the high watermark has passed it, so nothing is answered that is not on the disks of a quorum.
 */
public final class LogPartitionWriter implements PartitionWriter {
  /** TxnOffsetCommit adds its group to the transaction from this version on. */
  private static final int FIRST_THAT_ADDS = 5;

  /** The core gives offsets within a round; only a broker that is stopping does not. */
  private static final int APPEND_TIMEOUT_S = 10;

  private static final LogConfig CONFIG = new LogConfig(Map.of());

  /** Confirmed transactions whose records are not appended yet, at most. */
  private static final int MAX_VERIFIED = 10_000;

  private final InternalLog log;
  private final LedPartitions partitions;
  private final TransactionVerifier verifier;
  private final Map<VerificationGuard, Long> verifiedFrom =
      Collections.synchronizedMap(
          new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<VerificationGuard, Long> eldest) {
              return size() > MAX_VERIFIED;
            }
          });
  private final Map<Subscription, Runnable> waiters = new ConcurrentHashMap<>();

  private record Subscription(TopicPartition partition, Listener listener) {}

  /** A writer for the partitions of one internal topic that takes part in no transaction. */
  public LogPartitionWriter(InternalLog log, LedPartitions partitions) {
    this(log, partitions, TransactionVerifier.NONE);
  }

  /** A writer for the partitions of one internal topic. */
  public LogPartitionWriter(
      InternalLog log, LedPartitions partitions, TransactionVerifier verifier) {
    this.log = log;
    this.partitions = partitions;
    this.verifier = verifier;
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
    ByteBuffer batches = copy(records);
    AppendOrigin origin = origin(batches, guard, version);
    CompletionStage<Answer<Long>> answer =
        log.append(partitions.partition(name), epoch.getAsInt(), batches, origin);
    return switch (await(name, answer)) {
      case Answer.Ok<Long>(Long endOffset) -> endOffset;
      case Answer.Refused<Long>(RequestError error) ->
          throw error.code() == RequestError.Code.INVALID_TXN_STATE && isVerified(origin)
              // A marker has overtaken the confirmation: the client asks again, and for good.
              ? new NotEnoughReplicasException(error.message())
              : exception(error);
    };
  }

  private static boolean isVerified(AppendOrigin origin) {
    return origin instanceof AppendOrigin.Coordinator(long from) && from != AppendOrigin.UNVERIFIED;
  }

  private AppendOrigin origin(ByteBuffer batches, VerificationGuard guard, short version) {
    if (BatchFormat.isControl(batches, batches.position())) {
      return new AppendOrigin.Marker(version >= TransactionVersion.TV_2.featureLevel());
    }
    Long from = verifiedFrom.remove(guard);
    return new AppendOrigin.Coordinator(from == null ? AppendOrigin.UNVERIFIED : from);
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
      case PRODUCER_FENCED -> new InvalidProducerEpochException(error.message());
      case INVALID_TXN_STATE -> new InvalidTxnStateException(error.message());
      case COORDINATOR_FENCED -> new TransactionCoordinatorFencedException(error.message());
      default -> new NotEnoughReplicasException(error.message());
    };
  }

  @Override
  public CompletableFuture<VerificationGuard> maybeStartTransactionVerification(
      TopicPartition name, String transactionalId, long producerId, short epoch, int apiVersion) {
    return verifier
        .verify(
            new TransactionVerifier.Producer(transactionalId, producerId, epoch),
            name,
            partitions.partition(name)::highWatermark,
            apiVersion >= FIRST_THAT_ADDS)
        .thenApply(this::verified)
        .toCompletableFuture();
  }

  private VerificationGuard verified(TransactionVerifier.Confirmation confirmation) {
    if (confirmation.error() != Errors.NONE) {
      throw confirmation.error().exception();
    }
    VerificationGuard guard = new VerificationGuard();
    verifiedFrom.put(guard, confirmation.from());
    return guard;
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
