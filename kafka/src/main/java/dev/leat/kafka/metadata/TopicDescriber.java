package dev.leat.kafka.metadata;

import dev.leat.broker.log.GroupId;
import dev.leat.broker.runtime.TopicDirectory;
import dev.leat.broker.runtime.view.GroupView;
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
  private final KafkaNodes nodes;
  private final Map<GroupId, Placement> placements = new HashMap<>();

  TopicDescriber(KafkaNodes nodes) {
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

  MetadataResponseTopic describe(TopicDirectory.Topic topic) {
    List<MetadataResponsePartition> partitions = new ArrayList<>(topic.partitions());
    for (int i = 0; i < topic.partitions(); i++) {
      partitions.add(partition(i, placement(topic.partition(i).group())));
    }
    return new MetadataResponseTopic()
        .setName(topic.view().name())
        .setTopicId(TopicFinder.id(topic.view().id()))
        .setIsInternal(Topic.isInternal(topic.view().name()))
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
  Placement placement(GroupView group) {
    return placements.computeIfAbsent(group.id(), id -> find(group.leadership()));
  }

  private Placement find(GroupView.Leadership leadership) {
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
