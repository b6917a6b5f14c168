package dev.leat.crds;

import dev.leat.crds.value.Choice;
import java.util.List;
import java.util.Optional;

/**
 * Who is there and who leads what: wishes and facts that everybody watches. Written by brokers, by
 * compare-and-set of the whole object. No safety rests on it: lost or put back to an older copy, it
 * is rebuilt from the brokers' logs.
 *
 * @param metadata name (that of its Cluster), version and marks
 * @param status the state
 */
public record ClusterState(ObjectMeta metadata, Status status) implements Resource<ClusterState> {
  /** One that was never stored. */
  public static ClusterState of(ResourceName name, Status status) {
    return new ClusterState(ObjectMeta.of(name), status);
  }

  @Override
  public Kind<ClusterState> kind() {
    return Kind.CLUSTER_STATE;
  }

  @Override
  public ClusterState withMetadata(ObjectMeta other) {
    return new ClusterState(other, status);
  }

  @Override
  public ClusterState withStatusOf(ClusterState other) {
    return this;
  }

  @Override
  public ClusterState withoutStatus() {
    return this;
  }

  @Override
  public boolean hasSpecOf(ClusterState other) {
    return status.equals(other.status);
  }

  /** The same with another state. */
  public ClusterState withStatus(Status other) {
    return new ClusterState(metadata, other);
  }

  /**
   * The state.
   *
   * @param clusterId id of the cluster: other data have another id
   * @param version format version that brokers may write: one that all of them speak; never goes
   *     back, from 1
   * @param brokers in order of their ids
   * @param groups in order of their ids
   */
  public record Status(String clusterId, int version, List<Broker> brokers, List<Group> groups) {
    /** Copies. */
    public Status {
      brokers = List.copyOf(brokers);
      groups = List.copyOf(groups);
    }
  }

  /**
   * One broker.
   *
   * @param id number, from 0
   * @param starts how often it was started: a higher number is a newer process
   * @param address host:port of its gRPC listener
   * @param kafkaAddress host:port of its Kafka listener, if it has one
   * @param state whether it can be used
   */
  public record Broker(
      int id, long starts, String address, Optional<String> kafkaAddress, BrokerState state) {}

  /** Whether a broker can be used. */
  public enum BrokerState implements Choice {
    /** Serves. */
    UP,
    /** Is handing over and will stop: leads nothing new. */
    DRAINING,
    /** Dead or cut off. */
    FENCED;

    @Override
    public String text() {
      return name();
    }
  }

  /**
   * One replica group.
   *
   * @param id number: replicas &lt;&lt; 12 | index
   * @param phase whether it exists
   * @param history random id of its log: logs of different histories are never merged
   * @param epoch last known epoch
   * @param leader broker that should lead, -1 if none
   * @param voters brokers that should vote
   * @param possibleDataLoss whether it began again from what one replica had, because a quorum was
   *     gone for good: what was acknowledged may be lost
   */
  public record Group(
      int id,
      GroupPhase phase,
      String history,
      int epoch,
      int leader,
      List<Integer> voters,
      boolean possibleDataLoss) {
    /** Copies. */
    public Group {
      voters = List.copyOf(voters);
    }

    /** One that has never given anything up. */
    public Group(
        int id, GroupPhase phase, String history, int epoch, int leader, List<Integer> voters) {
      this(id, phase, history, epoch, leader, voters, false);
    }
  }

  /** Whether a group exists. */
  public enum GroupPhase implements Choice {
    /** It is being put on its first voters. */
    CREATING,
    /** It is on all its first voters. */
    CREATED;

    @Override
    public String text() {
      return name();
    }
  }
}
