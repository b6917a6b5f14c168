package dev.leat.client.internal.consume;

import dev.leat.api.batch.BatchCheck;
import dev.leat.api.batch.BatchFormat;
import dev.leat.api.batch.BatchValidator;
import dev.leat.api.batch.BatchValidator.Origin;
import dev.leat.api.batch.CorruptBatchException;
import dev.leat.api.batch.RecordReader;
import dev.leat.api.rpc.WireLimits;
import dev.leat.client.ConsumedBatch;
import dev.leat.client.Consumer;
import dev.leat.client.ConsumerConfig;
import dev.leat.client.ConsumerRecord;
import dev.leat.client.Position;
import dev.leat.client.TopicPartition;
import dev.leat.client.error.LeatErrorCode;
import dev.leat.client.error.LeatException;
import dev.leat.client.internal.consume.Inbox.Item;
import dev.leat.client.internal.net.Session;
import dev.leat.client.internal.net.TopicInfo;
import dev.leat.client.internal.net.Waiting;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The consumer's side that the program's thread calls: verifies and decodes what came. */
public final class ConsumerCore implements Consumer {

  private final Session session;
  private final ConsumerConfig config;
  private final Runnable onClosed;
  private final Inbox inbox = new Inbox();
  private final Fetcher fetcher;
  private final BatchValidator validator =
      new BatchValidator(Origin.LOG, WireLimits.MAX_MESSAGE_BYTES);
  private final Map<TopicPartition, PartitionCursor> assigned = new HashMap<>();
  private final AtomicReference<@Nullable Thread> user = new AtomicReference<>();
  private @Nullable LeatException heldBack;
  private volatile boolean closed;

  /**
   * Begins.
   *
   * @param onClosed hears when the consumer is closed
   */
  public ConsumerCore(Session session, ConsumerConfig config, Runnable onClosed) {
    this.session = session;
    this.config = config;
    this.onClosed = onClosed;
    fetcher = new Fetcher(session, config, inbox);
  }

  @Override
  public void assign(String topic, Position from) {
    TopicInfo info =
        Waiting.on(
            session.watch().topic(topic),
            session.config().requestTimeout(),
            "news of topic '" + topic + "'",
            session);
    Map<TopicPartition, Position> partitions = new HashMap<>();
    for (int p = 0; p < info.partitions().size(); p++) {
      partitions.put(new TopicPartition(topic, p), from);
    }
    assign(partitions);
  }

  @Override
  public void assign(Map<TopicPartition, Position> partitions) {
    enter();
    try {
      List<PartitionCursor> removed = new ArrayList<>();
      List<PartitionCursor> added = new ArrayList<>();
      for (PartitionCursor cursor : List.copyOf(assigned.values())) {
        if (!cursor.from().equals(partitions.get(cursor.partition()))) {
          removed.add(cursor);
          assigned.remove(cursor.partition());
        }
      }
      partitions.forEach(
          (partition, from) -> {
            if (!assigned.containsKey(partition)) {
              added.add(newCursor(partition, from));
            }
          });
      session.loop().execute(() -> fetcher.change(removed, added));
    } finally {
      leave();
    }
  }

  private PartitionCursor newCursor(TopicPartition partition, Position from) {
    PartitionCursor cursor = new PartitionCursor(partition, from);
    assigned.put(partition, cursor);
    return cursor;
  }

  @Override
  public Set<TopicPartition> assignment() {
    enter();
    try {
      return Set.copyOf(assigned.keySet());
    } finally {
      leave();
    }
  }

  @Override
  public void seek(TopicPartition partition, Position to) {
    enter();
    try {
      PartitionCursor old = cursorOf(partition);
      PartitionCursor cursor = newCursor(partition, to);
      session.loop().execute(() -> fetcher.change(List.of(old), List.of(cursor)));
    } finally {
      leave();
    }
  }

  @Override
  public long position(TopicPartition partition) {
    enter();
    try {
      PartitionCursor cursor = cursorOf(partition);
      if (cursor.position != PartitionCursor.UNKNOWN) {
        return cursor.position;
      }
      return Waiting.on(
          cursor.start(),
          session.config().requestTimeout(),
          "the position in " + partition,
          session);
    } finally {
      leave();
    }
  }

  /**
   * Offsets of the next records of the partitions that something was read of. They are behind
   * transaction markers and aborted records, too, which polls do not give.
   */
  public Map<TopicPartition, Long> positions() {
    enter();
    try {
      Map<TopicPartition, Long> positions = new HashMap<>();
      assigned.forEach(
          (partition, cursor) -> {
            if (cursor.position != PartitionCursor.UNKNOWN) {
              positions.put(partition, cursor.position);
            }
          });
      return positions;
    } finally {
      leave();
    }
  }

  @Override
  public OptionalLong highWatermark(TopicPartition partition) {
    enter();
    try {
      long offset = cursorOf(partition).highWatermark();
      return offset == PartitionCursor.UNKNOWN ? OptionalLong.empty() : OptionalLong.of(offset);
    } finally {
      leave();
    }
  }

  private PartitionCursor cursorOf(TopicPartition partition) {
    PartitionCursor cursor = assigned.get(partition);
    if (cursor == null) {
      throw LeatException.of(
          LeatErrorCode.INVALID_REQUEST, "partition " + partition + " is not assigned: assign it");
    }
    return cursor;
  }

  @Override
  public List<ConsumerRecord> poll(Duration timeout) {
    return poll(timeout, new RecordCollector());
  }

  @Override
  public List<ConsumedBatch> pollBatches(Duration timeout) {
    return poll(timeout, new BatchCollector());
  }

  private <T> List<T> poll(Duration timeout, Collector<T> collector) {
    enter();
    try {
      throwHeldBack();
      long deadline = System.nanoTime() + Math.min(timeout.toNanos(), Long.MAX_VALUE / 4);
      while (collector.records < config.maxPollRecords()) {
        long wait = collector.found.isEmpty() ? deadline - System.nanoTime() : 0;
        Item item = inbox.poll(wait);
        if (item == null) {
          break;
        }
        try {
          take(item, collector);
        } catch (LeatException e) {
          heldBack = e;
          break;
        }
      }
      if (collector.found.isEmpty()) {
        throwHeldBack();
        checkOpen();
      }
      return collector.found;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw LeatException.of(LeatErrorCode.INTERRUPTED, "interrupted while polling", e);
    } finally {
      leave();
    }
  }

  /** What was read before an error is given to the program first. */
  private void throwHeldBack() {
    LeatException error = heldBack;
    if (error != null) {
      heldBack = null;
      throw error;
    }
  }

  private void take(Item item, Collector<?> collector) {
    switch (item) {
      case Item.Failed failed -> {
        if (isCurrent(failed.cursor())) {
          throw failed.error();
        }
      }
      case Item.Batches batches -> {
        try {
          if (isCurrent(batches.cursor())) {
            takeBatches(batches.cursor(), batches.batches(), collector);
          }
        } finally {
          batches.response().onDone();
        }
      }
    }
  }

  private boolean isCurrent(PartitionCursor cursor) {
    return assigned.get(cursor.partition()) == cursor && !cursor.failed;
  }

  private void takeBatches(PartitionCursor cursor, ByteBuffer batches, Collector<?> collector) {
    if (cursor.position == PartitionCursor.UNKNOWN) {
      cursor.position = cursor.start().join();
    }
    int at = batches.position();
    while (at < batches.limit()) {
      int size =
          batches.limit() - at < BatchFormat.HEADER_BYTES
              ? batches.limit() - at
              : Math.clamp(BatchFormat.sizeBytes(batches, at), 1, batches.limit() - at);
      ByteBuffer batch = batches.slice(at, size);
      if (validator.check(batch) instanceof BatchCheck.Invalid invalid) {
        throw corrupt(cursor, invalid.message(), null);
      }
      long next = BatchFormat.lastOffset(batch, 0) + 1;
      if (next > cursor.position) {
        if (!BatchFormat.isControl(batch, 0)) {
          try {
            collector.add(cursor, batch);
          } catch (CorruptBatchException e) {
            throw corrupt(cursor, String.valueOf(e.getMessage()), e);
          }
        }
        cursor.position = next;
      }
      at += size;
    }
  }

  private LeatException corrupt(PartitionCursor cursor, String what, @Nullable Throwable cause) {
    cursor.failed = true;
    session.loop().execute(() -> fetcher.change(List.of(cursor), List.of()));
    return LeatException.of(
        LeatErrorCode.CORRUPT_BATCH,
        "%s cannot be read at offset %d, its batch is damaged (%s): seek behind it to go on"
            .formatted(cursor.partition(), cursor.position, what),
        cause);
  }

  @Override
  public void wakeup() {
    inbox.wakeup();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    inbox.close();
    session.loop().execute(fetcher::close);
    onClosed.run();
  }

  private void checkOpen() {
    if (closed) {
      throw LeatException.of(LeatErrorCode.CLOSED, "the consumer is closed");
    }
  }

  private void enter() {
    checkOpen();
    Thread me = Thread.currentThread();
    if (!user.compareAndSet(null, me)) {
      throw LeatException.of(
          LeatErrorCode.INVALID_REQUEST,
          "another thread uses this consumer: a consumer is for one thread at a time");
    }
  }

  private void leave() {
    user.set(null);
  }

  /** Makes what the program wants of a batch. */
  private abstract static class Collector<T> {
    final List<T> found = new ArrayList<>();
    int records;

    abstract void add(PartitionCursor cursor, ByteBuffer batch);
  }

  private static final class BatchCollector extends Collector<ConsumedBatch> {
    @Override
    void add(PartitionCursor cursor, ByteBuffer batch) {
      found.add(new ConsumedBatch(cursor.partition(), cursor.position, batch));
      records += BatchFormat.count(batch, 0);
    }
  }

  private static final class RecordCollector extends Collector<ConsumerRecord> {
    @Override
    void add(PartitionCursor cursor, ByteBuffer batch) {
      RecordReader reader = RecordReader.of(batch, 0);
      int before = found.size();
      try {
        while (reader.next()) {
          if (reader.offset() >= cursor.position) {
            found.add(
                new ConsumerRecord(
                    cursor.partition(),
                    reader.offset(),
                    reader.timestamp(),
                    new ConsumerRecord.Content(reader.key(), reader.value(), reader.headers())));
          }
        }
      } catch (CorruptBatchException e) {
        found.subList(before, found.size()).clear();
        throw e;
      }
      records = found.size();
    }
  }
}
