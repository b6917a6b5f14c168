package dev.leat.broker.runtime;

import dev.leat.broker.control.coordination.BrokerState;
import dev.leat.broker.control.coordination.ClusterView;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.runtime.thread.Clock;
import dev.leat.broker.runtime.view.BrokerView;
import dev.leat.broker.runtime.view.GroupView;
import dev.leat.broker.runtime.view.GroupViews;
import dev.leat.broker.runtime.view.MetadataFeed;
import dev.leat.broker.runtime.view.TopicView;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntToLongFunction;
import java.util.function.Predicate;

/**
 * Puts the metadata together and publishes it: at once, but not more often than every 5 ms, so that
 * the changes of one event are one update. Used on the core loop only.
 */
final class ClusterMetadata {
  private static final int PAUSE_MS = 5;

  private final CoreLoop core;
  private final GroupViews groups;
  private final TopicDirectory topics;
  private final MetadataFeed feed;
  private final Clock clock;
  private final IntToLongFunction pids;
  private BrokerView self = new BrokerView(-1, "", 0, "", BrokerView.Status.UP, 0, "");
  private ClusterView cluster = ClusterView.EMPTY;
  private boolean dirty;
  private boolean topicsDirty;
  private long nextMs;

  /**
   * Nothing published yet.
   *
   * @param pids process ids of other brokers, 0 where it is not known
   */
  ClusterMetadata(
      CoreLoop core,
      GroupViews groups,
      TopicDirectory topics,
      MetadataFeed feed,
      Clock clock,
      IntToLongFunction pids) {
    this.core = core;
    this.groups = groups;
    this.topics = topics;
    this.feed = feed;
    this.clock = clock;
    this.pids = pids;
  }

  /** Topics have changed. */
  void topicsChanged() {
    topicsDirty = true;
    changed();
  }

  /** Something has changed. */
  void changed() {
    if (dirty) {
      return;
    }
    dirty = true;
    long waitMs = nextMs - clock.monotonicMs();
    if (waitMs <= 0) {
      core.afterRound(this::publish);
    } else {
      CompletableFuture.delayedExecutor(waitMs, TimeUnit.MILLISECONDS, core::call)
          .execute(this::publish);
    }
  }

  /** This broker can be reached here. */
  void setSelf(BrokerView broker) {
    self = broker;
    changed();
  }

  /** The cluster is another one. */
  void setCluster(ClusterView view) {
    cluster = view;
    for (ClusterView.Group group : view.groups()) {
      groups
          .of(group.id())
          .tell(
              new GroupView.Leadership(group.leader(), group.epoch(), false, group.voters()),
              group.lagging(),
              group.lost());
    }
    changed();
  }

  private void publish() {
    dirty = false;
    nextMs = clock.monotonicMs() + PAUSE_MS;
    MetadataFeed.Metadata now = feed.current();
    feed.publish(
        new MetadataFeed.Metadata(
            now.clusterId(),
            cluster.controller(),
            brokers(),
            leaders(),
            topicsDirty ? views() : now.topics(),
            lagging(),
            moving(),
            those(ClusterView.Group::lost),
            those(ClusterView.Group::forked),
            cluster.alone()));
    topicsDirty = false;
  }

  private Map<Integer, BrokerView> brokers() {
    Map<Integer, BrokerView> brokers = new HashMap<>();
    for (ClusterView.Broker broker : cluster.brokers()) {
      brokers.put(broker.id(), view(broker));
    }
    brokers.putIfAbsent(self.id(), self);
    brokers.computeIfPresent(
        self.id(),
        (id, seen) ->
            new BrokerView(
                id,
                self.host(),
                self.grpcPort(),
                self.kafka(),
                seen.status(),
                self.pid(),
                self.zone()));
    brokers.remove(-1);
    return brokers;
  }

  private BrokerView view(ClusterView.Broker broker) {
    String address = broker.addresses().client();
    int colon = address.lastIndexOf(':');
    String host = colon < 0 ? address : address.substring(0, colon);
    int port = colon < 0 ? 0 : Integer.parseInt(address.substring(colon + 1));
    long pid = pids.applyAsLong(broker.id());
    return new BrokerView(
        broker.id(),
        host,
        port,
        broker.addresses().kafka(),
        status(broker.state()),
        pid,
        broker.zone());
  }

  private static BrokerView.Status status(BrokerState state) {
    return switch (state) {
      case UP -> BrokerView.Status.UP;
      case DRAINING -> BrokerView.Status.DRAINING;
      case FENCED -> BrokerView.Status.FENCED;
    };
  }

  /** Groups that exist: somebody has led them. */
  private Map<GroupId, GroupView.Leadership> leaders() {
    Map<GroupId, GroupView.Leadership> leaders = new HashMap<>();
    for (GroupView group : groups.all()) {
      GroupView.Leadership leadership = group.leadership();
      if (leadership.epoch() > 0) {
        leaders.put(group.id(), leadership);
      }
    }
    return leaders;
  }

  private Map<String, TopicView> views() {
    Map<String, TopicView> views = new HashMap<>();
    topics.all().forEach(topic -> views.put(topic.view().name(), topic.view()));
    return views;
  }

  private List<GroupId> those(Predicate<ClusterView.Group> wanted) {
    return cluster.groups().stream().filter(wanted).map(ClusterView.Group::id).toList();
  }

  private int lagging() {
    return count(cluster.groups().stream().map(ClusterView.Group::lagging).toList());
  }

  private int moving() {
    return count(cluster.groups().stream().map(ClusterView.Group::joining).toList());
  }

  private static int count(List<List<Integer>> lists) {
    return (int) lists.stream().filter(list -> !list.isEmpty()).count();
  }
}
