package dev.leat.client.internal.produce;

import dev.leat.api.batch.BatchBuilder;
import dev.leat.api.batch.BatchFormat;
import dev.leat.api.batch.Compression;
import dev.leat.client.ProducerRecord;
import dev.leat.client.SendCallback;
import dev.leat.client.error.LeatException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A batch from its first record to its acknowledgement.
 *
 * <p>While it is filled it belongs to its {@code PartitionQueue}'s lock; from then on to the loop.
 */
final class Batch {

  private static final Logger LOG = LoggerFactory.getLogger(Batch.class);

  /** Records for which room is made at least. */
  private static final int MIN_CALLBACKS = 8;

  private final Epoch epoch;
  private final long createdNanos;
  private byte[] memory;
  private @Nullable BatchBuilder builder;
  private @Nullable SendCallback[] callbacks;
  private int count;
  private boolean sealingClaimed;
  private volatile @Nullable ByteBuffer bytes;

  // Of the loop, see PartitionDelivery.
  long ordinal;
  long producerId;
  short producerEpoch;
  boolean transactional;
  int sequence;
  int attempts;
  boolean inFlight;
  boolean maybeAppended;
  private boolean done;
  private long stampedProducer = BatchFormat.NO_PRODUCER;
  private int stampedSequence = BatchFormat.NO_PRODUCER;

  /**
   * An empty batch.
   *
   * @param maxBytes bound of its size
   * @param expectedRecords number of records that is likely
   */
  Batch(Epoch epoch, byte[] memory, int maxBytes, int expectedRecords) {
    this.epoch = epoch;
    this.memory = memory;
    createdNanos = System.nanoTime();
    callbacks = new SendCallback[Math.max(MIN_CALLBACKS, expectedRecords)];
    builder = new BatchBuilder(memory, maxBytes);
    epoch.onBatchBegun();
  }

  /** When its first record came. */
  long createdNanos() {
    return createdNanos;
  }

  /** Number of records. */
  int count() {
    return count;
  }

  /** Size of its memory. */
  int capacityBytes() {
    return memory.length;
  }

  /** Its memory, to be given back when it is done. */
  byte[] memory() {
    return memory;
  }

  /** Whether it is acknowledged or has failed. */
  boolean isDone() {
    return done;
  }

  /** Appends a record, if there is room. */
  boolean append(ProducerRecord record, long timestamp, SendCallback callback) {
    BatchBuilder open = builder;
    if (open == null || !open.append(timestamp, record.key(), record.value(), record.headers())) {
      return false;
    }
    if (count == callbacks.length) {
      callbacks = Arrays.copyOf(callbacks, 2 * count);
    }
    callbacks[count++] = callback;
    return true;
  }

  /** Goes on in larger memory; returns the memory used until now. */
  byte[] moveTo(byte[] larger) {
    memory = larger;
    BatchBuilder open = builder;
    if (open == null) {
      throw new IllegalStateException("the batch is sealed");
    }
    return open.moveTo(larger);
  }

  /** Bytes of its records, header included, before compression. */
  int filledBytes() {
    BatchBuilder open = builder;
    return open != null ? open.sizeBytes() : sizeBytes();
  }

  /** Says once, to the one who asks first, that it is his to seal. Under the queue's lock. */
  boolean claimSealing() {
    boolean first = !sealingClaimed;
    sealingClaimed = true;
    return first;
  }

  /** Takes no more records: compresses, and computes all but the producer's part of the header. */
  void seal(Compression compression) {
    BatchBuilder open = builder;
    if (open != null) {
      builder = null;
      bytes = open.finish(compression);
    }
  }

  /** Whether it is sealed. For any thread. */
  boolean isSealed() {
    return bytes != null;
  }

  /** Size of the sealed batch. */
  int sizeBytes() {
    return sealed().remaining();
  }

  /** The bytes to send, with the producer's id and the batch's sequence in them. */
  ByteBuffer stamped() {
    ByteBuffer sealed = sealed();
    if (stampedProducer != producerId || stampedSequence != sequence) {
      if (transactional) {
        BatchFormat.patchTransaction(sealed, 0, producerId, producerEpoch, sequence);
      } else {
        BatchFormat.patchProducer(sealed, 0, producerId, sequence);
      }
      stampedProducer = producerId;
      stampedSequence = sequence;
    }
    return sealed;
  }

  private ByteBuffer sealed() {
    ByteBuffer sealed = bytes;
    if (sealed == null) {
      throw new IllegalStateException("the batch is not sealed");
    }
    return sealed;
  }

  /** The batch is at a quorum. */
  void acknowledge(int partition, long baseOffset, long appendTime) {
    done = true;
    for (int i = 0; i < count; i++) {
      SendCallback callback = callbacks[i];
      if (callback != null) {
        acknowledge(callback, partition, baseOffset + i, appendTime);
      }
    }
    end();
  }

  private static void acknowledge(
      SendCallback callback, int partition, long offset, long appendTime) {
    try {
      if (callback instanceof SendFuture future) {
        future.onAcknowledged(partition, offset, appendTime);
      } else {
        callback.onAcknowledged(partition, offset);
      }
    } catch (RuntimeException e) {
      LOG.warn("A send callback threw an exception; it is ignored.", e);
    }
  }

  /** The batch will not be acknowledged. */
  void fail(LeatException error) {
    done = true;
    for (int i = 0; i < count; i++) {
      SendCallback callback = callbacks[i];
      if (callback != null) {
        fail(callback, error);
      }
    }
    end();
  }

  /** Tells a callback that its record has failed. */
  static void fail(SendCallback callback, LeatException error) {
    try {
      callback.onFailed(error);
    } catch (RuntimeException e) {
      LOG.warn("A send callback threw an exception; it is ignored.", e);
    }
  }

  /** The batch was never used. */
  void discard() {
    end();
  }

  private void end() {
    callbacks = new SendCallback[0];
    count = 0;
    epoch.onBatchDone();
  }
}
