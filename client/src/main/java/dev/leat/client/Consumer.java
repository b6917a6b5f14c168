package dev.leat.client;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Reads partitions from chosen positions on.
 *
 * <p>Records of a partition come in the order of their offsets, none twice and none left out, also
 * when brokers fail: reading goes on at the new leader where it was. What is read in advance is
 * bounded, so a program that stops polling costs a bounded amount of memory.
 *
 * <p>For use by one thread at a time, except for {@link #wakeup}.
 */
public interface Consumer extends AutoCloseable {

  /**
   * Reads all present partitions of a topic, and nothing else.
   *
   * @throws dev.leat.client.error.LeatException if there is no such topic, or no broker says so
   */
  void assign(String topic, Position from);

  /** Reads these partitions, and nothing else; reading goes on for those with the same position. */
  void assign(Map<TopicPartition, Position> partitions);

  /** What is read. */
  Set<TopicPartition> assignment();

  /**
   * The next records, of any of the partitions; waits for them.
   *
   * @param timeout how long to wait for a first one
   * @return empty if none came in time
   * @throws dev.leat.client.error.LeatException if a partition cannot be read any further; the
   *     others can, and this one from another position (see {@link #seek})
   */
  List<ConsumerRecord> poll(Duration timeout);

  /** As {@link #poll}, in whole batches, whose records are not decoded. */
  List<ConsumedBatch> pollBatches(Duration timeout);

  /** Goes on at another position of a partition that is read. */
  void seek(TopicPartition partition, Position to);

  /**
   * Offset of the next record that {@link #poll} will give of a partition; waits until it is known.
   *
   * @throws dev.leat.client.error.LeatException if the position does not exist
   */
  long position(TopicPartition partition);

  /** The partition's high watermark when a broker last spoke of it; empty before that. */
  OptionalLong highWatermark(TopicPartition partition);

  /** Lets the present or next {@link #poll} return at once. For any thread. */
  void wakeup();

  /** Ends. */
  @Override
  void close();
}
