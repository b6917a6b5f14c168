package dev.leat.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Sends records, in batches, asynchronously. Safe for use by several threads; one producer serves a
 * whole program best.
 *
 * <p>Records of a partition are appended in the order of their {@code send} calls by one thread,
 * and never twice: each batch bears the producer's id and a sequence number, so a broker knows a
 * retry. What fails for a passing reason (a broker that stops, a leader that moves, a full disk) is
 * sent again until the delivery timeout.
 *
 * <p>When more is sent than brokers take, {@code send} waits for free buffer memory.
 */
public interface Producer extends AutoCloseable {

  /**
   * Sends a record. Returns when it is in a buffer. The future is completed by the client's network
   * thread: what depends on it without an executor of its own must not block.
   *
   * @return completed when the record is on disk of a quorum of replicas, or failed with a {@link
   *     dev.leat.client.error.LeatException}; this includes everything that is wrong with the
   *     record itself
   */
  CompletableFuture<RecordMetadata> send(ProducerRecord record);

  /**
   * Sends a record; for programs that send many: nothing is allocated for a record.
   *
   * @param callback hears what became of it, also of what is wrong with the record itself
   */
  void send(ProducerRecord record, SendCallback callback);

  /** Waits until every record that was sent before is acknowledged or has failed. */
  void flush();

  /** Bytes of buffer memory in use. */
  long bufferedBytes();

  /** As {@link #close(Duration)} with the delivery timeout. */
  @Override
  void close();

  /**
   * Takes no more records, waits until those that were sent are acknowledged or have failed, and
   * frees everything.
   *
   * @param timeout how long to wait; what is not acknowledged then fails
   */
  void close(Duration timeout);
}
