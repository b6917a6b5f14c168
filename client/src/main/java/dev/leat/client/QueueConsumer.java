package dev.leat.client;

import java.time.Duration;
import java.util.List;

/**
 * A member of a group that shares topics as queues: each record is handed to one member, and locked
 * for it, until it is acknowledged. What is released, or not acknowledged in time (30 s), is handed
 * out again, five times at most. There may be more members than partitions.
 *
 * <p>Records of open and of aborted transactions are handed out, too, as by Kafka's share groups.
 *
 * <p>For use by one thread at a time, except for {@link #wakeup}.
 */
public interface QueueConsumer extends AutoCloseable {
  /**
   * The next records; waits for them. Sends acknowledgements before.
   *
   * @param timeout how long to wait for a first one
   * @return empty if none came in time
   * @throws dev.leat.client.error.LeatException if the group cannot be joined
   */
  List<QueueRecord> poll(Duration timeout);

  /** The record is dealt with. Sent with the next {@link #poll} or {@link #commit}. */
  default void acknowledge(QueueRecord record) {
    acknowledge(record, AcknowledgeType.ACCEPT);
  }

  /**
   * Says what became of a record. Sent with the next {@link #poll} or {@link #commit}.
   *
   * @throws dev.leat.client.error.LeatException with INVALID_REQUEST, if it is not locked for this
   *     member any more
   */
  void acknowledge(QueueRecord record, AcknowledgeType type);

  /**
   * Sends acknowledgements, and waits until they count.
   *
   * @throws dev.leat.client.error.LeatException if some do not: those records may be handed out
   *     again
   */
  void commit();

  /** Lets the present or next {@link #poll} return at once. For any thread. */
  void wakeup();

  /** Sends acknowledgements, gives back what is not acknowledged, and leaves the group. */
  @Override
  void close();
}
