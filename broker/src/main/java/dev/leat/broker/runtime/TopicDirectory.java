package dev.leat.broker.runtime;

import dev.leat.broker.runtime.view.TopicView;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** Topics by name, as listeners look them up: written by the core loop, read by any thread. */
public final class TopicDirectory {
  private final ConcurrentMap<String, Topic> topics = new ConcurrentSkipListMap<>();
  private final ConcurrentMap<ByteBuffer, Topic> byId = new ConcurrentHashMap<>();

  /**
   * A topic that takes records.
   *
   * @param view what everybody must know of it
   * @param live its partitions, by number
   */
  public record Topic(TopicView view, List<LivePartition> live) {
    /** Copies the list. */
    public Topic {
      live = List.copyOf(live);
    }

    /** Number of partitions. */
    public int partitions() {
      return live.size();
    }

    /** The partition of this number. */
    public LivePartition partition(int index) {
      return live.get(index);
    }

    /** Largest batch that is taken, bytes. */
    public int maxMessageBytes() {
      return view.maxMessageBytes();
    }
  }

  /** The topic of this name, or null. */
  public @Nullable Topic find(String name) {
    return topics.get(name);
  }

  /** The topic with this id of 16 bytes, or null. */
  public @Nullable Topic find(ByteBuffer id) {
    return byId.get(id);
  }

  /** A partition that this broker leads; null if it leads none of this name and number. */
  public @Nullable LivePartition findLed(String topic, int partition) {
    Topic found = topics.get(topic);
    if (found == null || partition < 0 || partition >= found.partitions()) {
      return null;
    }
    LivePartition live = found.partition(partition);
    return live.group().leadership().here() ? live : null;
  }

  /** All topics, by name. */
  public Collection<Topic> all() {
    return topics.values();
  }

  void put(Topic topic) {
    topics.put(topic.view().name(), topic);
    byId.put(topic.view().id(), topic);
  }

  void remove(String name) {
    Topic removed = topics.remove(name);
    if (removed != null) {
      byId.remove(removed.view().id());
    }
  }
}
