package dev.leat.client.internal.admin;

import com.google.protobuf.ByteString;
import dev.leat.client.admin.BrokerDescription;
import dev.leat.client.admin.BrokerStatus;
import dev.leat.client.admin.Cleanup;
import dev.leat.client.admin.ClusterDescription;
import dev.leat.client.admin.LostGroup;
import dev.leat.client.admin.LostReplica;
import dev.leat.client.admin.PartitionDescription;
import dev.leat.client.admin.PartitionOffsets;
import dev.leat.client.admin.RecoveredGroup;
import dev.leat.client.admin.TopicChange;
import dev.leat.client.admin.TopicDescription;
import dev.leat.client.admin.TopicSpec;
import dev.leat.v1.AlterTopicRequest;
import dev.leat.v1.BrokerAddress;
import dev.leat.v1.DescribeClusterResponse;
import dev.leat.v1.DescribeTopicResponse;
import dev.leat.v1.ListedOffset;
import dev.leat.v1.ReplicaState;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** The protocol's messages as the client's values, and back. */
final class Messages {

  private Messages() {}

  static dev.leat.v1.TopicSpec of(TopicSpec topic) {
    dev.leat.v1.TopicSpec.Builder spec =
        dev.leat.v1.TopicSpec.newBuilder()
            .setName(topic.name())
            .setPartitions(topic.partitions())
            .setReplicas(topic.replicas())
            .setCleanup(of(topic.cleanup()))
            .putAllConfig(topic.config());
    topic.retentionMs().ifPresent(spec::setRetentionMs);
    topic.retentionBytes().ifPresent(spec::setRetentionBytes);
    return spec.build();
  }

  static TopicSpec of(dev.leat.v1.TopicSpec spec) {
    return new TopicSpec(
        spec.getName(),
        spec.getPartitions(),
        spec.getReplicas(),
        spec.hasRetentionMs() ? OptionalLong.of(spec.getRetentionMs()) : OptionalLong.empty(),
        spec.hasRetentionBytes() ? OptionalLong.of(spec.getRetentionBytes()) : OptionalLong.empty(),
        of(spec.getCleanup()),
        spec.getConfigMap());
  }

  static AlterTopicRequest of(TopicChange change) {
    AlterTopicRequest.Builder request =
        AlterTopicRequest.newBuilder()
            .setName(change.name())
            .putAllConfig(change.config())
            .addAllRemoveConfig(change.removeConfig());
    change.partitions().ifPresent(request::setPartitions);
    change.retentionMs().ifPresent(request::setRetentionMs);
    change.retentionBytes().ifPresent(request::setRetentionBytes);
    change.cleanup().ifPresent(cleanup -> request.setCleanup(of(cleanup)));
    return request.build();
  }

  private static dev.leat.v1.Cleanup of(Cleanup cleanup) {
    return switch (cleanup) {
      case DELETE -> dev.leat.v1.Cleanup.CLEANUP_UNSPECIFIED;
      case COMPACT -> dev.leat.v1.Cleanup.CLEANUP_COMPACT;
      case COMPACT_DELETE -> dev.leat.v1.Cleanup.CLEANUP_COMPACT_DELETE;
    };
  }

  private static Cleanup of(dev.leat.v1.Cleanup cleanup) {
    return switch (cleanup) {
      case CLEANUP_COMPACT -> Cleanup.COMPACT;
      case CLEANUP_COMPACT_DELETE -> Cleanup.COMPACT_DELETE;
      case CLEANUP_UNSPECIFIED, UNRECOGNIZED -> Cleanup.DELETE;
    };
  }

  static TopicDescription of(DescribeTopicResponse response) {
    return new TopicDescription(
        of(response.getTopic()),
        hex(response.getTopicId()),
        response.getPartitionsList().stream().map(Messages::of).toList());
  }

  private static String hex(ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }

  private static PartitionDescription of(dev.leat.v1.PartitionDescription partition) {
    return new PartitionDescription(
        partition.getPartition(),
        partition.getGroup(),
        partition.getLeader(),
        partition.getLeaderEpoch(),
        partition.getVotersList(),
        partition.getLogStartOffset(),
        partition.getHighWatermark(),
        partition.getSizeBytes());
  }

  static ClusterDescription of(DescribeClusterResponse response) {
    List<BrokerDescription> brokers = response.getBrokersList().stream().map(Messages::of).toList();
    return new ClusterDescription(
        response.getClusterId(),
        response.getController(),
        brokers,
        response.getGroupsTotal(),
        response.getGroupsLeaderless(),
        response.getGroupsLagging(),
        response.getGroupsMoving(),
        response.getGroupsLostList(),
        response.getGroupsPossibleDataLossList(),
        response.getVersion());
  }

  static LostGroup of(dev.leat.v1.LostGroup group) {
    return new LostGroup(
        group.getGroup(),
        Duration.ofMillis(group.getLostMs()),
        group.getReplicasList().stream().map(Messages::of).toList(),
        group.getSurvivor() < 0 ? OptionalInt.empty() : OptionalInt.of(group.getSurvivor()),
        group.getOutlook());
  }

  private static LostReplica of(dev.leat.v1.LostReplica replica) {
    return new LostReplica(
        replica.getBroker(),
        of(replica.getState()),
        replica.getLastEpoch(),
        replica.getLastSeq() < 0 ? OptionalLong.empty() : OptionalLong.of(replica.getLastSeq()),
        replica.getDetail());
  }

  private static LostReplica.State of(ReplicaState state) {
    return switch (state) {
      case REPLICA_STATE_PRESENT -> LostReplica.State.PRESENT;
      case REPLICA_STATE_WITHDRAWN -> LostReplica.State.WITHDRAWN;
      case REPLICA_STATE_MISSING -> LostReplica.State.MISSING;
      case REPLICA_STATE_UNSPECIFIED, UNRECOGNIZED -> LostReplica.State.AWAY;
    };
  }

  static RecoveredGroup of(dev.leat.v1.RecoveredGroup group) {
    return new RecoveredGroup(group.getGroup(), group.getRecovered(), group.getMessage());
  }

  private static BrokerDescription of(dev.leat.v1.BrokerDescription broker) {
    BrokerAddress address = broker.getAddress();
    return new BrokerDescription(
        address.getId(),
        of(broker.getStatus()),
        address.getHost() + ":" + address.getPort(),
        broker.getKafka().isEmpty() ? Optional.empty() : Optional.of(broker.getKafka()),
        broker.getPid() == 0 ? OptionalLong.empty() : OptionalLong.of(broker.getPid()),
        broker.getLeads());
  }

  private static BrokerStatus of(dev.leat.v1.BrokerStatus status) {
    return switch (status) {
      case BROKER_STATUS_UNSPECIFIED, UNRECOGNIZED -> BrokerStatus.UP;
      case BROKER_STATUS_DRAINING -> BrokerStatus.DRAINING;
      case BROKER_STATUS_FENCED -> BrokerStatus.FENCED;
    };
  }

  static PartitionOffsets of(ListedOffset listed) {
    long timestamp = listed.getTimestamp();
    return new PartitionOffsets(
        listed.getOffset(),
        timestamp < 0 ? OptionalLong.empty() : OptionalLong.of(timestamp),
        listed.getLogStartOffset(),
        listed.getHighWatermark());
  }
}
