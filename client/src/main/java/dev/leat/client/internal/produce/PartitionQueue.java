package dev.leat.client.internal.produce;

import dev.leat.api.rpc.TopicName;
import dev.leat.client.ProducerRecord;
import dev.leat.client.SendCallback;
import dev.leat.client.internal.net.GroupRoute;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The records of one partition that are not sent yet: one batch that is being filled, and full ones
 * before it. The monitor is held for as long as a record takes to be copied.
 *
 * <p>The loop hears of it ({@code Sender.onReady}) when there is something after there was nothing,
 * and when a batch became full, and not for each record.
 */
final class PartitionQueue {

  /** What became of an attempt to append. */
  enum Outcome {
    /** The record is in, the loop knows already. */
    APPENDED,
    /** The record is in, and the loop must hear of it. */
    APPENDED_FIRST,
    /** A new batch is needed. */
    NEEDS_BATCH,
    /** A new batch is needed, and the loop must hear of the full one. */
    NEEDS_BATCH_AFTER_FULL,
    /** The topic is gone. */
    REMOVED
  }

  private final TopicName topic;
  private final int partition;
  private final GroupRoute route;
  private final BufferPool pool;
  private final int batchBytes;
  private final PartitionDelivery delivery;

  private final ArrayDeque<Batch> full = new ArrayDeque<>(2);
  private @Nullable Batch open;
  private boolean announced;
  private boolean removed;
  private int usualBytes;
  private int usualRecords;

  PartitionQueue(TopicName topic, int partition, GroupRoute route, QueueSettings settings) {
    this.topic = topic;
    this.partition = partition;
    this.route = route;
    pool = settings.pool();
    batchBytes = settings.batchBytes();
    usualBytes = pool.fitting(1);
    delivery = new PartitionDelivery(this, settings);
  }

  /**
   * What the queues of a topic share.
   *
   * @param pool memory of batches
   * @param batchBytes size of a full batch
   * @param producerId id of the producer
   * @param transaction what all records are part of, or null
   */
  record QueueSettings(
      BufferPool pool,
      int batchBytes,
      long producerId,
      @Nullable ProducerTransaction transaction) {}

  TopicName topic() {
    return topic;
  }

  int partition() {
    return partition;
  }

  GroupRoute route() {
    return route;
  }

  /** The loop's side. */
  PartitionDelivery delivery() {
    return delivery;
  }

  /** Appends a record to the open batch, if that has room or can grow. */
  synchronized Outcome append(ProducerRecord record, long timestamp, SendCallback callback) {
    if (removed) {
      return Outcome.REMOVED;
    }
    Batch batch = open;
    if (batch == null) {
      return Outcome.NEEDS_BATCH;
    }
    if (batch.append(record, timestamp, callback)
        || (grow(batch) && batch.append(record, timestamp, callback))) {
      return announce(Outcome.APPENDED);
    }
    full.add(batch);
    open = null;
    announced = true;
    return Outcome.NEEDS_BATCH_AFTER_FULL;
  }

  /** Appends a record to a new batch, or to the open one if another thread was faster. */
  synchronized Outcome appendTo(
      Batch batch, ProducerRecord record, long timestamp, SendCallback callback) {
    if (removed) {
      return Outcome.REMOVED;
    }
    if (open != null) {
      return Outcome.NEEDS_BATCH;
    }
    if (!batch.append(record, timestamp, callback)) {
      throw new IllegalStateException("a record does not fit a batch that was made for it");
    }
    open = batch;
    return announce(Outcome.APPENDED);
  }

  private Outcome announce(Outcome appended) {
    if (announced) {
      return appended;
    }
    announced = true;
    return Outcome.APPENDED_FIRST;
  }

  private boolean grow(Batch batch) {
    int bytes = Math.min(pool.largerThan(batch.capacityBytes()), batchBytes);
    if (bytes <= batch.capacityBytes()) {
      return false;
    }
    byte[] larger = pool.tryAllocate(bytes);
    if (larger == null) {
      return false;
    }
    pool.release(batch.moveTo(larger));
    return true;
  }

  /** A good size of memory for the next batch, whose first record needs so many bytes. */
  synchronized int firstBytes(long neededBytes) {
    return Math.max(usualBytes, pool.fitting(neededBytes));
  }

  /**
   * A new batch for {@link #appendTo}.
   *
   * @param maxBytes largest batch that brokers take
   */
  Batch newBatch(Epoch epoch, byte[] memory, int maxBytes) {
    // A little more than last time: batches of records of varying size differ a little.
    int records;
    synchronized (this) {
      records = usualRecords + (usualRecords >> 4);
    }
    return new Batch(epoch, memory, maxBytes, records);
  }

  /** A full batch that nobody seals yet; the caller must. */
  synchronized @Nullable Batch claimUnsealed() {
    for (Batch batch : full) {
      if (batch.claimSealing()) {
        return batch;
      }
    }
    return null;
  }

  /** Whether a full batch waits. */
  synchronized boolean hasFull() {
    return !full.isEmpty();
  }

  /** Whether the oldest waiting batch was begun before a time. */
  synchronized boolean isOlderThan(long nanos) {
    Batch first = full.isEmpty() ? open : full.peekFirst();
    return first != null && first.createdNanos() - nanos < 0;
  }

  /**
   * Takes the next batch out. If it is not sealed, the caller must seal it.
   *
   * @param openUpToNanos also the one that is being filled, if it was not begun later
   * @return null if there is none; if nothing is left, the queue announces the next record
   */
  synchronized @Nullable Batch take(long openUpToNanos) {
    Batch batch = full.peekFirst();
    if (batch != null) {
      if (!batch.isSealed() && !batch.claimSealing()) {
        // A thread of the program is compressing it, and will announce it.
        return null;
      }
      full.pollFirst();
    } else if (open != null && open.createdNanos() - openUpToNanos <= 0) {
      batch = open;
      open = null;
    }
    if (batch != null) {
      usualBytes = Math.min(pool.fitting(batch.filledBytes()), batchBytes);
      usualRecords = batch.count();
    }
    announced = !full.isEmpty() || open != null;
    return batch;
  }

  /** Whether the loop has been told of something that is still here. */
  synchronized boolean isAnnounced() {
    return announced;
  }

  /** Takes everything out and no records any more: the topic is gone, or the producer closed. */
  synchronized List<Batch> remove() {
    removed = true;
    List<Batch> batches = new ArrayList<>(full);
    full.clear();
    if (open != null) {
      batches.add(open);
      open = null;
    }
    return batches;
  }
}
