package dev.leat.kafka.transaction;

import dev.leat.broker.runtime.thread.Clock;
import dev.leat.kafka.coordinator.CoordinatorParts;
import dev.leat.kafka.coordinator.InternalTopic;
import dev.leat.kafka.coordinator.TransactionVerifier;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.common.utils.internals.LogContext;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRecord;
import org.apache.kafka.coordinator.common.runtime.CoordinatorResult;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRuntime;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRuntimeMetrics;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRuntimeMetricsImpl;
import org.apache.kafka.coordinator.common.runtime.MultiThreadedEventProcessor;
import org.apache.kafka.coordinator.transaction.TransactionCoordinatorRecordSerde;
import org.apache.kafka.server.common.TransactionVersion;
import org.apache.kafka.server.util.timer.Timer;
import org.apache.kafka.server.util.timer.TimerTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The coordinator of transactions: of each transactional id whose partition of {@code
 * __transaction_state} this broker leads. Answers are given when what they say is on disk at a
 * quorum.
 *
 * <p>Threads: any. Futures fail with Kafka's exceptions: {@link
 * org.apache.kafka.common.errors.NotCoordinatorException} where another broker leads.
 */
public final class TransactionCoordinator implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TransactionCoordinator.class);

  /** Longest time that a producer may ask for, ms; as Kafka's default. */
  static final int MAX_TIMEOUT_MS = 900_000;

  /** Between two looks for transactions that are open for too long, ms. */
  private static final long TIMEOUT_CHECK_MS = 2_000;

  private static final long EXPIRY_CHECK_MS = Duration.ofHours(1).toMillis();
  private static final long EXPIRY_MS = Duration.ofDays(7).toMillis();
  private static final Duration WRITE_TIMEOUT = Duration.ofSeconds(5);
  private static final int MAX_CACHED_BUFFER_BYTES = 1 << 20;

  private final CoordinatorRuntime<TransactionShard, CoordinatorRecord> runtime;
  private final MarkerSender markers;
  private final Timer timer;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();
  private final ConcurrentMap<Integer, Integer> epochs = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /**
   * Leads nothing yet.
   *
   * @param target where markers are written
   */
  TransactionCoordinator(CoordinatorParts parts, MarkerSender.MarkerTarget target) {
    timer = parts.timer();
    clock = parts.broker().clock();
    markers = new MarkerSender(target, timer, this::complete);
    LogContext context = new LogContext("transactions: ");
    CoordinatorRuntimeMetrics metrics =
        new CoordinatorRuntimeMetricsImpl(new Metrics(), "transaction-coordinator-metrics", false);
    TransactionCoordinatorRecordSerde serde = new TransactionCoordinatorRecordSerde();
    runtime =
        new CoordinatorRuntime.Builder<TransactionShard, CoordinatorRecord>()
            .withTime(Time.SYSTEM)
            .withTimer(timer)
            .withLogPrefix("transactions: ")
            .withLogContext(context)
            .withEventProcessor(
                new MultiThreadedEventProcessor(
                    context, "transaction-coordinator-", 1, Time.SYSTEM, metrics))
            .withPartitionWriter(parts.writer())
            .withLoader(parts.loader(serde))
            .withCoordinatorShardBuilderSupplier(() -> new TransactionShardBuilder(this::resume))
            .withWriteTimeout(WRITE_TIMEOUT)
            .withCoordinatorRuntimeMetrics(metrics)
            .withCoordinatorMetrics(new NoShardMetrics())
            .withSerializer(serde)
            .withCompression(Compression.NONE)
            .withAppendLingerMs(OptionalInt.empty())
            .withExecutorService(Executors.newSingleThreadExecutor())
            .withCachedBufferMaxBytesSupplier(() -> MAX_CACHED_BUFFER_BYTES)
            .build();
    every(TIMEOUT_CHECK_MS, this::abortTimedOut);
    every(EXPIRY_CHECK_MS, this::expire);
  }

  /** Partition in which a transactional id lies. */
  public static int partitionFor(String transactionalId) {
    return Utils.abs(transactionalId.hashCode()) % InternalTopic.PARTITIONS;
  }

  private static TopicPartition partition(int number) {
    return new TopicPartition(InternalTopic.TRANSACTION_STATE.topicName(), number);
  }

  private static TopicPartition homeOf(String transactionalId) {
    return partition(partitionFor(transactionalId));
  }

  /** A producer id that nobody has: drawn from all of them. */
  long newProducerId() {
    return random.nextLong() & Long.MAX_VALUE;
  }

  /** A producer begins; {@link Reply} has its id and epoch. */
  CompletableFuture<Reply> initProducerId(InitProducer wanted) {
    if (wanted.timeoutMs() <= 0 || wanted.timeoutMs() > MAX_TIMEOUT_MS) {
      return CompletableFuture.completedFuture(Reply.failed(Errors.INVALID_TRANSACTION_TIMEOUT));
    }
    long newProducerId = newProducerId();
    return write(
        "init-producer-id",
        wanted.transactionalId(),
        shard -> shard.initProducerId(wanted, newProducerId, clock.wallMs()));
  }

  /** Partitions join a transaction. */
  CompletableFuture<Errors> addPartitions(
      TransactionVerifier.Producer producer,
      Set<TopicPartition> partitions,
      TransactionVersion client) {
    return write(
            "add-partitions",
            producer.transactionalId(),
            shard -> shard.addPartitions(producer, partitions, client, clock.wallMs()))
        .thenApply(Reply::error);
  }

  /** Whether partitions are part of the producer's open transaction. */
  CompletableFuture<Map<TopicPartition, Errors>> verify(
      TransactionVerifier.Producer producer, Set<TopicPartition> partitions) {
    return runtime.scheduleReadOperation(
        "verify-partitions",
        homeOf(producer.transactionalId()),
        (shard, committed) -> shard.verify(producer, partitions, committed));
  }

  /** A producer commits or aborts; {@link Reply} has id and epoch of what comes next. */
  CompletableFuture<Reply> end(
      TransactionVerifier.Producer producer, boolean commit, TransactionVersion client) {
    long newProducerId = newProducerId();
    return write(
        "end-transaction",
        producer.transactionalId(),
        shard -> shard.end(producer, commit, client, newProducerId, clock.wallMs()));
  }

  /** What is known of a transactional id. */
  CompletableFuture<Optional<Transaction>> describe(String transactionalId) {
    return runtime.scheduleReadOperation(
        "describe-transaction",
        homeOf(transactionalId),
        (shard, committed) -> shard.find(transactionalId, committed));
  }

  /** All transactional ids that this broker coordinates. */
  CompletableFuture<List<Transaction>> list() {
    List<CompletableFuture<Collection<Transaction>>> shards =
        runtime.scheduleReadAllOperation("list-transactions", TransactionShard::all);
    return CompletableFuture.allOf(shards.toArray(CompletableFuture[]::new))
        .thenApply(
            done ->
                shards.stream()
                    .map(CompletableFuture::join)
                    .flatMap(Collection::stream)
                    .collect(Collectors.toList()));
  }

  private interface Write {
    CoordinatorResult<Reply, CoordinatorRecord> on(TransactionShard shard);
  }

  private CompletableFuture<Reply> write(String name, String transactionalId, Write write) {
    return runtime
        .scheduleWriteOperation(name, homeOf(transactionalId), write::on)
        .whenComplete(
            (reply, failure) -> {
              if (failure == null && reply.decided() != null) {
                carryOut(reply.decided());
              }
            });
  }

  private void carryOut(Transaction decided) {
    Integer epoch = epochs.get(partitionFor(decided.id()));
    if (epoch != null) {
      markers.send(decided, epoch);
    }
  }

  /** What an earlier coordinator has decided and not carried out. */
  private void resume(List<Transaction> decided) {
    decided.forEach(this::carryOut);
  }

  private CompletableFuture<Void> complete(Transaction decided) {
    return runtime.scheduleWriteOperation(
        "complete-transaction",
        homeOf(decided.id()),
        shard -> shard.complete(decided, clock.wallMs()));
  }

  private void abortTimedOut() {
    runtime
        .scheduleWriteAllOperation(
            "abort-timed-out-transactions", shard -> shard.abortTimedOut(clock.wallMs()))
        .forEach(
            shard ->
                shard.whenComplete(
                    (aborted, failure) -> {
                      if (failure == null) {
                        aborted.forEach(this::onTimedOut);
                      }
                    }));
  }

  private void onTimedOut(Transaction aborted) {
    LOG.info(
        "the transaction of \"{}\" was open for more than {} ms: aborted",
        aborted.id(),
        aborted.timeoutMs());
    carryOut(aborted);
  }

  private void expire() {
    runtime.scheduleWriteAllOperation(
        "expire-transactional-ids", shard -> shard.expire(clock.wallMs() - EXPIRY_MS));
  }

  private void every(long delayMs, Runnable action) {
    timer.add(
        new TimerTask(delayMs) {
          @Override
          public void run() {
            if (!closed) {
              action.run();
              every(delayMs, action);
            }
          }
        });
  }

  void elected(int partition, int epoch) {
    epochs.put(partition, epoch);
    runtime.scheduleLoadOperation(partition(partition), epoch);
  }

  void resigned(int partition, OptionalInt epoch) {
    epochs.remove(partition);
    markers.forget(partition);
    runtime.scheduleUnloadOperation(partition(partition), epoch);
  }

  @Override
  public void close() {
    closed = true;
    markers.close();
    Utils.closeQuietly(runtime, "transaction coordinator");
  }
}
