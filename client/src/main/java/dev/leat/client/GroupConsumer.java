package dev.leat.client;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A member of a consumer group: reads the partitions that the group gives it, from where the group
 * has read them to.
 *
 * <p>Every record of the topics is given to one member of the group; after a member or broker has
 * failed, those since the last commit are given again. Partitions come and go during {@link #poll},
 * which therefore must be called again and again: a member that does not within a minute is given
 * up, and joins anew with its next poll.
 *
 * <p>For use by one thread at a time, except for {@link #wakeup}.
 */
public interface GroupConsumer extends AutoCloseable {
  /**
   * The next records, of any of the member's partitions; waits for them.
   *
   * @param timeout how long to wait for a first one
   * @return empty if none came in time
   * @throws dev.leat.client.error.LeatException if the group cannot be joined, or a partition not
   *     be read
   */
  List<ConsumerRecord> poll(Duration timeout);

  /**
   * Commits everything that {@link #poll} has given; waits until it is committed.
   *
   * @throws dev.leat.client.error.LeatException if it is not; the records may be given again then
   */
  void commit();

  /**
   * Commits these offsets, of the next records to be read; waits until they are committed.
   *
   * @throws dev.leat.client.error.LeatException if they are not
   */
  void commit(Map<TopicPartition, Long> offsets);

  /**
   * Lets everything be given again that {@link #poll} has given and that is not committed: after a
   * transaction that was to commit it was aborted.
   */
  void rewind();

  /** The partitions of this member, as of the last poll. */
  Set<TopicPartition> assignment();

  /** Lets the present or next {@link #poll} return at once. For any thread. */
  void wakeup();

  /** Commits, if it does so by itself, and leaves the group: others get the partitions at once. */
  @Override
  void close();
}
