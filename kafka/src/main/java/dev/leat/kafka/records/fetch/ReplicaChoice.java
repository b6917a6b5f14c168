package dev.leat.kafka.records.fetch;

import dev.leat.broker.runtime.LivePartition;
import dev.leat.broker.runtime.view.BrokerView;
import dev.leat.broker.runtime.view.GroupView;
import dev.leat.broker.runtime.view.MetadataFeed;
import dev.leat.kafka.KafkaContext;
import java.util.OptionalInt;
import org.apache.kafka.common.requests.FetchRequest;
import org.jspecify.annotations.Nullable;

/**
 * Which replica a consumer reads from (KIP-392): one in its own rack, which is the zone of a
 * broker, if there is one that keeps up; else the leader. Kafka does so with its
 * RackAwareReplicaSelector.
 */
final class ReplicaChoice {
  /**
   * Before, consumers cannot be sent to a follower, and know nothing of an offset that it lacks.
   */
  private static final short FIRST_WITH_RACK = 11;

  private final MetadataFeed brokers;
  private final int self;
  private final boolean followersServe;
  private final String rack;

  private ReplicaChoice(MetadataFeed brokers, int self, boolean followersServe, String rack) {
    this.brokers = brokers;
    this.self = self;
    this.followersServe = followersServe;
    this.rack = rack;
  }

  static ReplicaChoice of(KafkaContext context, FetchRequest request) {
    boolean knows = request.version() >= FIRST_WITH_RACK && !request.isFromFollower();
    return new ReplicaChoice(
        context.broker().metadata(), context.brokerId(), knows, knows ? request.rackId() : "");
  }

  /** Whether this broker may answer although it does not lead: it follows, as a voter. */
  boolean mayFollow(LivePartition partition) {
    GroupView.Leadership now = partition.group().leadership();
    return followersServe
        && partition.isHere()
        && now.leader() != GroupView.NO_LEADER
        && now.voters().contains(self);
  }

  /** The broker that the consumer is to ask in place of this one, which leads, if there is one. */
  OptionalInt inRack(LivePartition partition) {
    if (rack.isEmpty()) {
      return OptionalInt.empty();
    }
    MetadataFeed.Metadata now = brokers.current();
    if (isInRack(now.brokers().get(self))) {
      return OptionalInt.empty();
    }
    return partition.group().leadership().voters().stream()
        .mapToInt(Integer::intValue)
        .filter(voter -> voter != self && !partition.group().isLagging(voter))
        .filter(voter -> isInRack(now.brokers().get(voter)))
        .findFirst();
  }

  private boolean isInRack(@Nullable BrokerView broker) {
    return broker != null
        && broker.zone().equals(rack)
        && broker.status() == BrokerView.Status.UP
        && !broker.kafka().isEmpty();
  }
}
