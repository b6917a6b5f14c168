package dev.leat.client.internal.produce;

import dev.leat.api.batch.BatchBuilder;
import dev.leat.api.batch.Compression;
import dev.leat.client.Producer;
import dev.leat.client.ProducerConfig;
import dev.leat.client.ProducerRecord;
import dev.leat.client.RecordMetadata;
import dev.leat.client.SendCallback;
import dev.leat.client.error.LeatErrorCode;
import dev.leat.client.error.LeatException;
import dev.leat.client.internal.net.ClusterListener;
import dev.leat.client.internal.net.Session;
import dev.leat.client.internal.net.TopicInfo;
import dev.leat.client.internal.net.Waiting;
import dev.leat.client.internal.produce.PartitionQueue.Outcome;
import dev.leat.client.internal.produce.PartitionQueue.QueueSettings;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The producer's side that threads of the program call: copies records into batches. */
public final class ProducerCore implements Producer {

  /** What a request has beside its batches, at most, when it holds one large record. */
  private static final int REQUEST_OVERHEAD_BYTES = 1024;

  private final Session session;
  private final ProducerConfig config;
  private final @Nullable ProducerTransaction transaction;
  private final BufferPool pool;
  private final QueueSettings settings;
  private final Sender sender;
  private final Runnable onClosed;
  private final TopicChanges changes = new TopicChanges();
  private final Map<String, TopicQueues> topics = new ConcurrentHashMap<>();
  private final Object epochLock = new Object();
  private volatile Epoch epoch = new Epoch(null);
  private volatile boolean closed;
  private int flushes;

  /**
   * Begins.
   *
   * @param onClosed hears when the producer is closed
   */
  public ProducerCore(Session session, ProducerConfig config, Runnable onClosed) {
    this(session, config, null, onClosed);
  }

  /**
   * Begins, perhaps as a producer of transactions.
   *
   * @param transaction what all records are part of, or null
   * @param onClosed hears when the producer is closed
   */
  public ProducerCore(
      Session session,
      ProducerConfig config,
      @Nullable ProducerTransaction transaction,
      Runnable onClosed) {
    this.session = session;
    this.config = config;
    this.transaction = transaction;
    this.onClosed = onClosed;
    pool = new BufferPool(config.bufferMemoryBytes(), config.batchBytes());
    settings =
        new QueueSettings(
            pool, config.batchBytes(), PartitionDelivery.newProducerId(), transaction);
    sender = new Sender(session, config, transaction == null ? "" : transaction.transactionalId());
    session.cluster().add(changes);
  }

  @Override
  public CompletableFuture<RecordMetadata> send(ProducerRecord record) {
    long timestamp = timestampOf(record);
    SendFuture future = new SendFuture(record.topic(), timestamp);
    send(record, timestamp, future);
    return future;
  }

  @Override
  public void send(ProducerRecord record, SendCallback callback) {
    send(record, timestampOf(record), callback);
  }

  private static long timestampOf(ProducerRecord record) {
    return record.timestamp() == ProducerRecord.NOW
        ? System.currentTimeMillis()
        : record.timestamp();
  }

  private void send(ProducerRecord record, long timestamp, SendCallback callback) {
    try {
      if (closed) {
        throw LeatException.of(LeatErrorCode.CLOSED, "the producer is closed");
      }
      TopicQueues topic = topics.get(record.topic());
      PartitionQueue queue = topic == null ? null : topic.choose(record);
      Outcome outcome = queue == null ? null : queue.append(record, timestamp, callback);
      if (outcome == Outcome.APPENDED) {
        return;
      }
      if (queue != null && outcome == Outcome.APPENDED_FIRST) {
        sender.onReady(queue);
        return;
      }
      if (queue != null && outcome == Outcome.NEEDS_BATCH_AFTER_FULL) {
        announceFull(queue);
      }
      sendSlowly(record, timestamp, callback, queue);
    } catch (LeatException e) {
      if (transaction != null) {
        transaction.fail(e);
      }
      Batch.fail(callback, e);
    }
  }

  /** A batch became full: compressed by this thread, so that the loop has less to do. */
  private void announceFull(PartitionQueue queue) {
    if (config.compression() != Compression.NONE) {
      Batch batch = queue.claimUnsealed();
      if (batch != null) {
        batch.seal(config.compression());
      }
    }
    sender.onReady(queue);
  }

  /** The topic is new here, or a new batch is needed. */
  private void sendSlowly(
      ProducerRecord record,
      long timestamp,
      SendCallback callback,
      @Nullable PartitionQueue first) {
    PartitionQueue queue = first;
    while (true) {
      if (closed) {
        throw LeatException.of(LeatErrorCode.CLOSED, "the producer is closed");
      }
      TopicQueues topic = topic(record.topic());
      if (queue == null) {
        queue = topic.choose(record);
      }
      long needed = checkedSize(record, topic);
      byte[] memory = allocate(queue.firstBytes(needed));
      Batch batch = queue.newBatch(epoch, memory, topic.maxMessageBytes());
      Outcome outcome = queue.appendTo(batch, record, timestamp, callback);
      if (outcome == Outcome.APPENDED_FIRST) {
        sender.onReady(queue);
      }
      if (outcome == Outcome.APPENDED || outcome == Outcome.APPENDED_FIRST) {
        return;
      }
      batch.discard();
      pool.release(memory);
      if (outcome == Outcome.REMOVED) {
        topics.remove(record.topic(), topic);
        queue = null;
        continue;
      }
      outcome = queue.append(record, timestamp, callback);
      if (outcome == Outcome.NEEDS_BATCH_AFTER_FULL) {
        announceFull(queue);
      } else if (outcome == Outcome.APPENDED_FIRST) {
        sender.onReady(queue);
      }
      if (outcome == Outcome.APPENDED || outcome == Outcome.APPENDED_FIRST) {
        return;
      }
    }
  }

  private byte[] allocate(int bytes) {
    if (session.loop().isCurrentThread()) {
      byte[] memory = pool.tryAllocate(bytes);
      if (memory == null) {
        throw LeatException.of(
            LeatErrorCode.BUFFER_FULL,
            "no free buffer memory, and a callback must not wait for it: send from a thread");
      }
      return memory;
    }
    return pool.allocate(bytes, config.maxBlock().toMillis());
  }

  private long checkedSize(ProducerRecord record, TopicQueues topic) {
    byte[] key = record.key();
    byte[] value = record.value();
    long bytes =
        BatchBuilder.maxSizeBytes(
            key == null ? 0 : key.length, value == null ? 0 : value.length, record.headers());
    long limit = (long) config.maxRequestBytes() - REQUEST_OVERHEAD_BYTES;
    limit = Math.min(limit, topic.maxMessageBytes());
    if (bytes > limit) {
      throw LeatException.of(
          LeatErrorCode.RECORD_TOO_LARGE,
          "a record of %d bytes is over the limit of %d bytes for topic '%s': %s"
              .formatted(
                  bytes,
                  limit,
                  record.topic(),
                  "send smaller ones, or raise max.message.bytes and maxRequestBytes"));
    }
    return bytes;
  }

  private TopicQueues topic(String name) {
    TopicQueues known = topics.get(name);
    if (known != null) {
      return known;
    }
    TopicInfo info =
        Waiting.on(
            session.watch().topic(name),
            config.maxBlock(),
            "news of topic '" + name + "'",
            session);
    return topics.computeIfAbsent(name, topic -> new TopicQueues(info, settings));
  }

  @Override
  public void flush() {
    flush(Long.MAX_VALUE / 2);
  }

  private boolean flush(long maxNanos) {
    if (session.loop().isCurrentThread()) {
      throw LeatException.of(
          LeatErrorCode.INVALID_REQUEST, "a callback must not flush or close: do it in a thread");
    }
    long deadline = System.nanoTime() + maxNanos;
    hurry(1);
    Epoch ending;
    synchronized (epochLock) {
      ending = epoch;
      epoch = new Epoch(ending);
    }
    try {
      return ending.await(deadline);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw LeatException.of(LeatErrorCode.INTERRUPTED, "interrupted while flushing", e);
    } finally {
      hurry(-1);
    }
  }

  private void hurry(int change) {
    session
        .loop()
        .execute(
            () -> {
              flushes += change;
              sender.hurry(flushes > 0);
            });
  }

  /**
   * Gives up everything that is not acknowledged, of a transaction that is aborted. Nobody may be
   * sending meanwhile.
   */
  public void abandon(LeatException reason) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    session
        .loop()
        .execute(
            () -> {
              topics.values().forEach(topic -> sender.onAborted(topic.all(), reason));
              done.complete(null);
            });
    Waiting.on(done, session.config().requestTimeout(), "the network thread", session);
  }

  @Override
  public long bufferedBytes() {
    return pool.usedBytes();
  }

  @Override
  public void close() {
    close(config.deliveryTimeout());
  }

  @Override
  public void close(Duration timeout) {
    if (closed) {
      return;
    }
    closed = true;
    try {
      flush(timeout.toNanos());
    } finally {
      session.cluster().remove(changes);
      session.loop().execute(this::end);
      pool.close();
      onClosed.run();
    }
  }

  private void end() {
    LeatException reason =
        LeatException.of(
            LeatErrorCode.CLOSED, "the producer was closed before this was acknowledged");
    sender.close(reason);
    topics.values().forEach(topic -> sender.onRemoved(topic.all(), reason));
    topics.clear();
  }

  /** Hears of topics, on the loop. */
  private final class TopicChanges implements ClusterListener {
    @Override
    public void onTopic(TopicInfo topic) {
      TopicQueues queues = topics.get(topic.name());
      if (queues != null) {
        queues.update(topic);
      }
    }

    @Override
    public void onTopicRemoved(String topic) {
      TopicQueues queues = topics.remove(topic);
      if (queues != null) {
        sender.onRemoved(
            queues.all(),
            LeatException.of(
                LeatErrorCode.UNKNOWN_TOPIC, "topic '" + topic + "' was deleted meanwhile"));
      }
    }

    @Override
    public void onRoutes() {
      sender.onRoutes();
    }
  }
}
