package dev.leat.kafka.view;

import dev.leat.broker.runtime.view.GroupView;
import dev.leat.broker.runtime.view.MetadataFeed;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.Node;

/** Addresses of leaders that a client has asked somebody else for (KIP-951). */
public final class LeaderHints {
  private final MetadataFeed feed;
  private final Map<Integer, Node> nodes = new LinkedHashMap<>();

  /** No hints yet. */
  public LeaderHints(MetadataFeed feed) {
    this.feed = feed;
  }

  /** A client needs the leader of this group. */
  public void add(GroupView group) {
    int leader = group.leadership().leader();
    if (leader != GroupView.NO_LEADER && !nodes.containsKey(leader)) {
      Node node = new KafkaNodes(feed.current()).find(leader);
      if (node != null) {
        nodes.put(leader, node);
      }
    }
  }

  /** All that are known. */
  public Collection<Node> nodes() {
    return nodes.values();
  }
}
