package dev.leat.kafka.coordinator;

import dev.leat.broker.runtime.LivePartition;
import dev.leat.broker.runtime.TopicDirectory;
import dev.leat.broker.runtime.view.GroupView;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Follows which partitions of one internal topic this broker leads: a coordinator is elected and
 * resigns with the leader of its partition.
 *
 * <p>The coordinators hear of it on an executor of their own, never on the core loop: they may wait
 * for locks that are held by somebody who waits for the core loop.
 */
public final class LedPartitions implements AutoCloseable {
  private static final int NOT_LED = -1;

  private final Supplier<TopicDirectory.@Nullable Topic> topic;
  private final List<Watch> watches;
  private final Executor elections;
  private final Listener listener;

  /** Hears of elections, in order for each partition. */
  public interface Listener {
    /** This broker leads a partition from now on. */
    void elected(int partition, int epoch);

    /**
     * It does not lead it any more.
     *
     * @param epoch greater than that of the election: the least that a successor can have
     */
    void resigned(int partition, OptionalInt epoch);
  }

  /**
   * Nothing is followed before {@link #start}.
   *
   * @param elections runs the listener, one call after the other
   */
  public LedPartitions(TopicDirectory.Topic topic, Executor elections, Listener listener) {
    this(() -> topic, topic, elections, listener);
  }

  /**
   * Follows the topic of this name as the directory has it: what stands for a partition changes
   * when a replica of it comes to this broker, as it does at each start.
   */
  public LedPartitions(
      TopicDirectory directory, TopicDirectory.Topic topic, Executor elections, Listener listener) {
    this(() -> directory.find(topic.view().name()), topic, elections, listener);
  }

  private LedPartitions(
      Supplier<TopicDirectory.@Nullable Topic> newest,
      TopicDirectory.Topic topic,
      Executor elections,
      Listener listener) {
    this.topic = newest;
    this.elections = elections;
    this.listener = listener;
    this.watches = topic.live().stream().map(Watch::new).toList();
  }

  /** Begins: the partitions that are led already are reported at once. */
  public void start() {
    watches.forEach(
        watch -> {
          watch.partition.subscribe(watch);
          watch.run();
        });
  }

  /** Number of partitions. */
  public int size() {
    return watches.size();
  }

  /** A partition of this topic. */
  public LivePartition partition(TopicPartition name) {
    return watches.get(name.partition()).partition;
  }

  /** Epoch for which this broker was elected, empty if it does not lead. */
  public OptionalInt epoch(TopicPartition name) {
    int epoch = watches.get(name.partition()).epoch;
    return epoch == NOT_LED ? OptionalInt.empty() : OptionalInt.of(epoch);
  }

  @Override
  public void close() {
    watches.forEach(watch -> watch.partition.unsubscribe(watch));
  }

  /** One partition. Runs on the core loop after every change, high watermarks included. */
  private final class Watch implements Runnable {
    private volatile LivePartition partition;
    private volatile int epoch = NOT_LED;

    Watch(LivePartition partition) {
      this.partition = partition;
    }

    @Override
    public synchronized void run() {
      follow();
      GroupView.Leadership leadership = partition.group().leadership();
      int index = partition.index();
      int before = epoch;
      int now = leadership.here() && !partition.deleted() ? leadership.epoch() : NOT_LED;
      if (now == before) {
        return;
      }
      epoch = now;
      elections.execute(
          () -> {
            if (before != NOT_LED) {
              // Kafka's coordinators take an epoch for the successor's: they ignore their own.
              listener.resigned(index, OptionalInt.of(before + 1));
            }
            if (now != NOT_LED) {
              listener.elected(index, now);
            }
          });
    }

    /** Another object stands for the partition now. */
    private void follow() {
      TopicDirectory.Topic newest = topic.get();
      LivePartition present =
          newest == null || partition.index() >= newest.partitions()
              ? partition
              : newest.partition(partition.index());
      if (present != partition) {
        partition.unsubscribe(this);
        partition = present;
        present.subscribe(this);
      }
    }
  }
}
