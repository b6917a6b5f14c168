package dev.leat.broker.runtime;

import dev.leat.broker.log.GroupId;
import java.util.HashMap;
import java.util.Map;

/**
 * Puts the metadata together and publishes it at the end of a round in which something changed:
 * many changes of one round are one update. Used on the core loop only.
 */
final class ClusterMetadata {
  private final CoreLoop core;
  private final Map<GroupId, GroupRunner> groups;
  private final TopicDirectory topics;
  private final MetadataFeed feed;
  private boolean dirty;

  ClusterMetadata(
      CoreLoop core, Map<GroupId, GroupRunner> groups, TopicDirectory topics, MetadataFeed feed) {
    this.core = core;
    this.groups = groups;
    this.topics = topics;
    this.feed = feed;
  }

  /** Something has changed. */
  void changed() {
    if (!dirty) {
      dirty = true;
      core.afterRound(this::publish);
    }
  }

  /** This broker can be reached here. */
  void setBroker(BrokerView broker) {
    MetadataFeed.Metadata now = feed.current();
    Map<Integer, BrokerView> brokers = new HashMap<>(now.brokers());
    brokers.put(broker.id(), broker);
    feed.publish(
        new MetadataFeed.Metadata(
            now.clusterId(), broker.id(), brokers, now.groups(), now.topics()));
  }

  private void publish() {
    dirty = false;
    MetadataFeed.Metadata now = feed.current();
    Map<GroupId, GroupView.Leadership> leaders = new HashMap<>();
    groups.forEach((id, group) -> leaders.put(id, group.view().leadership()));
    Map<String, TopicView> views = new HashMap<>();
    topics.all().forEach(topic -> views.put(topic.view().name(), topic.view()));
    feed.publish(
        new MetadataFeed.Metadata(
            now.clusterId(), now.controller(), now.brokers(), leaders, views));
  }
}
