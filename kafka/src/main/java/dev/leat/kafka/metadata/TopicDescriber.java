package dev.leat.kafka.metadata;

import dev.leat.broker.log.GroupId;
import dev.leat.broker.runtime.GroupView;
import dev.leat.broker.runtime.MetadataFeed;
import dev.leat.broker.runtime.TopicView;
import dev.leat.kafka.view.KafkaNodes;
import dev.leat.kafka.view.TopicFinder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.MetadataResponse;

/** Topics of one moment: partitions, and who leads them. */
final class TopicDescriber {
  private final MetadataFeed.Metadata metadata;
  private final KafkaNodes nodes;
  private final Map<GroupId, Placement> placements = new HashMap<>();

  TopicDescriber(MetadataFeed.Metadata metadata, KafkaNodes nodes) {
    this.metadata = metadata;
    this.nodes = nodes;
  }

  /** Where all partitions of a group are: the same lists for each of them. */
  record Placement(
      Errors error,
      int leader,
      int epoch,
      List<Integer> replicas,
      List<Integer> inSync,
      List<Integer> offline) {}

  MetadataResponseTopic describe(TopicView topic) {
    List<MetadataResponsePartition> partitions = new ArrayList<>(topic.partitions());
    for (int i = 0; i < topic.partitions(); i++) {
      partitions.add(partition(i, placement(topic.groups().get(i))));
    }
    return new MetadataResponseTopic()
        .setName(topic.name())
        .setTopicId(TopicFinder.id(topic.id()))
        .setIsInternal(Topic.isInternal(topic.name()))
        .setPartitions(partitions);
  }

  private static MetadataResponsePartition partition(int index, Placement placement) {
    return new MetadataResponsePartition()
        .setErrorCode(placement.error().code())
        .setPartitionIndex(index)
        .setLeaderId(placement.leader())
        .setLeaderEpoch(placement.epoch())
        .setReplicaNodes(placement.replicas())
        .setIsrNodes(placement.inSync())
        .setOfflineReplicas(placement.offline());
  }

  /** Where a group is. */
  Placement placement(GroupId group) {
    return placements.computeIfAbsent(group, this::find);
  }

  private Placement find(GroupId group) {
    GroupView.Leadership leadership = metadata.groups().get(group);
    if (leadership == null) {
      return new Placement(
          Errors.LEADER_NOT_AVAILABLE,
          MetadataResponse.NO_LEADER_ID,
          0,
          List.of(),
          List.of(),
          List.of());
    }
    boolean led = leadership.leader() >= 0 && nodes.find(leadership.leader()) != null;
    List<Integer> replicas = KafkaNodes.replicas(leadership);
    return new Placement(
        led ? Errors.NONE : Errors.LEADER_NOT_AVAILABLE,
        led ? leadership.leader() : MetadataResponse.NO_LEADER_ID,
        leadership.epoch(),
        replicas,
        nodes.reachable(replicas),
        nodes.unreachable(replicas));
  }
}
