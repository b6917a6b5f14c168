package dev.leat.broker.runtime.view;

import dev.leat.broker.log.GroupId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The newest metadata of the cluster, and who wants to hear of changes. Written by the core loop,
 * read by any thread.
 */
public final class MetadataFeed {
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile Metadata current;

  public MetadataFeed(Metadata first) {
    this.current = first;
  }

  /**
   * All that clients must know, at one moment. Parts that did not change between two moments are
   * the same objects.
   *
   * @param clusterId id of the cluster
   * @param controller broker that controls, -1 if none
   * @param brokers by number
   * @param groups who leads
   * @param topics by name
   * @param lagging groups with a replica that is behind
   * @param moving groups with a replica on its way
   * @param lost groups that have lost a quorum of their replicas
   * @param forked groups that began again without one: records may be lost
   * @param alone whether this broker hears none of the others: all of this may be old
   */
  public record Metadata(
      String clusterId,
      int controller,
      Map<Integer, BrokerView> brokers,
      Map<GroupId, GroupView.Leadership> groups,
      Map<String, TopicView> topics,
      int lagging,
      int moving,
      List<GroupId> lost,
      List<GroupId> forked,
      boolean alone) {
    /** Nothing known of a cluster but its id. */
    public static Metadata of(String clusterId) {
      return new Metadata(
          clusterId, -1, Map.of(), Map.of(), Map.of(), 0, 0, List.of(), List.of(), false);
    }

    /** Copies the maps. */
    public Metadata {
      brokers = Map.copyOf(brokers);
      groups = Map.copyOf(groups);
      topics = Map.copyOf(topics);
      lost = List.copyOf(lost);
      forked = List.copyOf(forked);
    }
  }

  /** The newest metadata. */
  public Metadata current() {
    return current;
  }

  /** Calls {@code listener} after every change, on the core loop: it must not block. */
  public void subscribe(Runnable listener) {
    listeners.add(listener);
  }

  /** Ends {@link #subscribe}. */
  public void unsubscribe(Runnable listener) {
    listeners.remove(listener);
  }

  /**
   * The same feed with other addresses of brokers, for clients that see them from elsewhere. Lives
   * as long as this one.
   *
   * @param addresses is told after each change; see {@link AddressBook}
   */
  public MetadataFeed seenFrom(AddressBook addresses) {
    MetadataFeed seen = new MetadataFeed(addresses.seen(current, null));
    Runnable follow = () -> seen.follow(this, addresses);
    subscribe(follow);
    addresses.subscribe(follow);
    follow.run();
    return seen;
  }

  private synchronized void follow(MetadataFeed original, AddressBook addresses) {
    publish(addresses.seen(original.current, current));
  }

  public void publish(Metadata newer) {
    current = newer;
    listeners.forEach(Runnable::run);
  }
}
