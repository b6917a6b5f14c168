package dev.leat.client.internal.net;

import dev.leat.v1.BrokerAddress;
import dev.leat.v1.BrokerState;
import dev.leat.v1.BrokerStatus;
import dev.leat.v1.Error;
import dev.leat.v1.GroupLeader;
import dev.leat.v1.MetadataUpdate;
import dev.leat.v1.TopicMetadata;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What brokers have told of the cluster. Written by the loop; what returns an Optional, and the
 * routes that are reached from it, may be read by any thread.
 */
public final class Cluster {

  private final Map<String, TopicInfo> topics = new ConcurrentHashMap<>();
  private final Map<Integer, String> brokers = new ConcurrentHashMap<>();
  private final Map<Integer, String> fenced = new ConcurrentHashMap<>();
  private final Map<Integer, GroupRoute> groups = new HashMap<>();
  private final List<ClusterListener> listeners = new CopyOnWriteArrayList<>();
  private String clusterId = "";

  /** Tells a listener of every later change. */
  public void add(ClusterListener listener) {
    listeners.add(listener);
  }

  /** Tells a listener of no more changes. */
  public void remove(ClusterListener listener) {
    listeners.remove(listener);
  }

  /** What is known of a topic. */
  public Optional<TopicInfo> topic(String name) {
    return Optional.ofNullable(topics.get(name));
  }

  /**
   * Where a broker listens, {@code host:port}. One that is fenced is to lead nothing; but it leads
   * if nobody else can, or if whoever told us is cut off, and then it is the one to ask.
   */
  public Optional<String> address(int broker) {
    String live = brokers.get(broker);
    return Optional.ofNullable(live == null ? fenced.get(broker) : live);
  }

  /** Where all live brokers listen. */
  public List<String> addresses() {
    return List.copyOf(brokers.values());
  }

  /** Takes what a metadata stream tells. */
  void apply(MetadataUpdate update) {
    boolean routes = update.getSnapshot() && beginSnapshot(update);
    for (int broker : update.getRemovedBrokersList()) {
      fenced.remove(broker);
      routes |= brokers.remove(broker) != null;
    }
    for (BrokerState broker : update.getBrokersList()) {
      routes |= apply(broker);
    }
    for (GroupLeader group : update.getGroupsList()) {
      routes |= route(group.getGroup()).update(group.getLeader(), group.getEpoch());
    }
    for (String topic : update.getRemovedTopicsList()) {
      remove(topic);
    }
    for (TopicMetadata topic : update.getTopicsList()) {
      apply(topic);
    }
    if (routes) {
      listeners.forEach(ClusterListener::onRoutes);
    }
  }

  /** A broker that is not named in a snapshot does not exist. For topics, see MetadataWatch. */
  private boolean beginSnapshot(MetadataUpdate update) {
    boolean other = !clusterId.isEmpty() && !clusterId.equals(update.getClusterId());
    clusterId = update.getClusterId();
    if (other) {
      groups.values().forEach(GroupRoute::reset);
    }
    Set<Integer> present = new HashSet<>();
    update.getBrokersList().forEach(broker -> present.add(broker.getAddress().getId()));
    fenced.keySet().retainAll(present);
    return brokers.keySet().retainAll(present) || other;
  }

  /** The topic does not exist. */
  void remove(String topic) {
    if (topics.remove(topic) != null) {
      listeners.forEach(listener -> listener.onTopicRemoved(topic));
    }
  }

  private boolean apply(BrokerState broker) {
    int id = broker.getAddress().getId();
    String address = format(broker.getAddress());
    if (broker.getStatus() == BrokerStatus.BROKER_STATUS_FENCED) {
      boolean moved = !address.equals(fenced.put(id, address));
      return brokers.remove(id) != null || moved;
    }
    fenced.remove(id);
    return !address.equals(brokers.put(id, address));
  }

  private void apply(TopicMetadata metadata) {
    List<GroupRoute> partitions = new ArrayList<>();
    for (int group : metadata.getPartitionGroupsList()) {
      partitions.add(route(group));
    }
    TopicInfo topic =
        new TopicInfo(
            metadata.getName(), metadata.getTopicId(), partitions, metadata.getMaxMessageBytes());
    TopicInfo known = topics.put(topic.name(), topic);
    if (known != null && !known.id().equals(topic.id())) {
      listeners.forEach(listener -> listener.onTopicRemoved(topic.name()));
    }
    listeners.forEach(listener -> listener.onTopic(topic));
  }

  /** Takes what an error says of a partition's leader. */
  public void applyHint(GroupRoute route, Error error) {
    if (!error.hasLeader()) {
      return;
    }
    BrokerAddress leader = error.getLeader();
    boolean changed = !leader.getHost().isEmpty() && applyAddress(leader);
    if (route.update(leader.getId(), error.getLeaderEpoch()) || changed) {
      listeners.forEach(ClusterListener::onRoutes);
    }
  }

  private boolean applyAddress(BrokerAddress leader) {
    String address = format(leader);
    return !address.equals(brokers.put(leader.getId(), address));
  }

  private GroupRoute route(int group) {
    return groups.computeIfAbsent(group, number -> new GroupRoute());
  }

  private static String format(BrokerAddress address) {
    return address.getHost() + ":" + address.getPort();
  }
}
