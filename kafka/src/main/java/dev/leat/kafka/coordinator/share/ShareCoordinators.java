package dev.leat.kafka.coordinator.share;

import dev.leat.broker.runtime.BrokerApi;
import dev.leat.broker.runtime.view.GroupView;
import dev.leat.kafka.coordinator.CoordinatorSurroundings;
import dev.leat.kafka.coordinator.InternalTopic;
import dev.leat.kafka.coordinator.InternalTopics;
import dev.leat.kafka.coordinator.PeerClients;
import dev.leat.kafka.view.KafkaNodes;
import java.util.List;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.server.share.SharePartitionKey;
import org.apache.kafka.server.share.persister.Persister;
import org.apache.kafka.server.share.persister.ShareCoordinatorMetadataCacheHelper;
import org.apache.kafka.server.share.persister.StatePersisters;

/** Where the share coordinators of the cluster are. */
public final class ShareCoordinators implements ShareCoordinatorMetadataCacheHelper {
  private final BrokerApi broker;
  private final InternalTopics topics;

  private ShareCoordinators(CoordinatorSurroundings around) {
    this.broker = around.broker();
    this.topics = around.topics();
  }

  /** Keeps the delivery state of share groups with the coordinators, as a client of theirs. */
  public static Persister persister(CoordinatorSurroundings around) {
    return new LazyPersister(
        () ->
            StatePersisters.start(
                PeerClients.open("share-peers"), new ShareCoordinators(around), around.timer()));
  }

  @Override
  public boolean containsTopic(String name) {
    return broker.topics().find(name) != null;
  }

  @Override
  public Node getShareCoordinator(SharePartitionKey key, String topic) {
    int partition = Utils.abs(key.asCoordinatorKey().hashCode()) % InternalTopic.PARTITIONS;
    int leader = topics.leaderOf(InternalTopic.SHARE_GROUP_STATE, partition);
    Node node =
        leader == GroupView.NO_LEADER
            ? null
            : new KafkaNodes(broker.metadata().current()).find(leader);
    return node == null ? Node.noNode() : node;
  }

  @Override
  public List<Node> getClusterNodes() {
    return new KafkaNodes(broker.metadata().current()).all();
  }
}
