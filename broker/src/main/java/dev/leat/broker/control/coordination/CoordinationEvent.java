package dev.leat.broker.control.coordination;

import dev.leat.broker.control.StoreOutcome;
import dev.leat.broker.control.WatchEvent;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.PartitionInfo;
import dev.leat.broker.log.TopicPartition;
import dev.leat.broker.replication.GroupEvent.NewPartition;
import dev.leat.broker.replication.Outcome;
import dev.leat.crds.Cluster;
import dev.leat.crds.ClusterState;
import dev.leat.crds.Lease;
import java.util.List;

/** What can happen to the coordination of a cluster: see {@link CoordinationMachine#step}. */
public sealed interface CoordinationEvent {

  /** Time passes; to be given by {@link CoordinationMachine#wakeAtMs}, and to begin with. */
  record Tick() implements CoordinationEvent {}

  /**
   * A link to another broker works: its hello has come. A second one of the same broker takes the
   * place of the first: for that one no {@link LinkDown} may come any more.
   *
   * @param hello as it came
   */
  record LinkUp(Hello hello) implements CoordinationEvent {}

  /**
   * A link is gone.
   *
   * @param broker to whom
   * @param nonce of the process to which it was
   * @param byPeer whether the other end closed it (end of file, reset); false: this side gave up
   */
  record LinkDown(int broker, long nonce, boolean byPeer) implements CoordinationEvent {}

  /** A connection to the address of a broker was refused: its machine is up, nobody listens. */
  record ConnectRefused(int broker) implements CoordinationEvent {}

  /**
   * A message came.
   *
   * @param broker from whom
   * @param nonce from which process
   * @param message what it says
   */
  record Received(int broker, long nonce, CoordinationMessage message)
      implements CoordinationEvent {}

  /** A local replica has another role, promise or config, has come, gone or stopped. */
  record GroupChanged(GroupId group) implements CoordinationEvent {}

  /**
   * A local replica leads, and its barrier is committed: it takes records.
   *
   * @param group which group
   * @param epoch in which epoch
   * @param partitions what it holds
   */
  record GroupLeads(GroupId group, int epoch, List<PartitionInfo> partitions)
      implements CoordinationEvent {
    /** Copies. */
    public GroupLeads {
      partitions = List.copyOf(partitions);
    }
  }

  /** Partitions of a group that is led here came or went; committed. */
  record PartitionsChanged(GroupId group, List<PartitionInfo> created, List<PartitionInfo> deleted)
      implements CoordinationEvent {
    /** Copies. */
    public PartitionsChanged {
      created = List.copyOf(created);
      deleted = List.copyOf(deleted);
    }
  }

  /** A local group has answered to a {@link CoordinationEffect.StepGroup}. */
  record Replied(CoordinationEffect.Token token, Outcome outcome) implements CoordinationEvent {}

  /** The store has answered to a call about a Lease. */
  record LeaseAnswered(long call, StoreOutcome<Lease> outcome) implements CoordinationEvent {}

  /** The store has answered to a call about the ClusterState. */
  record StateAnswered(long call, StoreOutcome<ClusterState> outcome)
      implements CoordinationEvent {}

  /** The watch of Leases reports. A hint. */
  record LeaseWatched(WatchEvent<Lease> event) implements CoordinationEvent {}

  /** The watch of ClusterStates reports. A hint. */
  record StateWatched(WatchEvent<ClusterState> event) implements CoordinationEvent {}

  /** The Cluster resource is known, new or changed. */
  record ClusterChanged(Cluster cluster) implements CoordinationEvent {}

  /** The topic controller here needs a group; answered by a GroupReported or GroupFailed. */
  record CreateGroup(GroupId group) implements CoordinationEvent {}

  /** The topic controller here has partitions to change; answered by a GroupDone or GroupFailed. */
  record ChangePartitions(GroupId group, List<NewPartition> created, List<TopicPartition> deleted)
      implements CoordinationEvent {
    /** Copies. */
    public ChangePartitions {
      created = List.copyOf(created);
      deleted = List.copyOf(deleted);
    }
  }

  /**
   * E3: the platform says that a process is gone (container terminated, Pod failed, node out of
   * service).
   *
   * @param broker of which broker
   * @param starts which start of it; earlier ones are gone too
   */
  record ProcessGone(int broker, long starts) implements CoordinationEvent {}

  /**
   * E4: this broker's disk fails, or does not end a sync: it must lead nothing.
   *
   * @param reason one line
   */
  record DiskTrouble(String reason) implements CoordinationEvent {}

  /** This broker's disk works again. */
  record DiskWell() implements CoordinationEvent {}

  /** SIGTERM: hand over; {@link CoordinationEffect.Drained} says when to stop. */
  record Stop() implements CoordinationEvent {}

  /**
   * UNCLEAN: a person gives up what groups have lost, so that they go on with what is left. For the
   * controller; answered by a {@link CoordinationEffect.Recovered}.
   *
   * @param request its number, made up by whoever asks
   * @param groups which ones; none: all that have lost a quorum
   */
  record Recover(long request, List<GroupId> groups) implements CoordinationEvent {
    /** Copies. */
    public Recover {
      groups = List.copyOf(groups);
    }
  }

  /** A person says that this broker is dead for good: CREATE does not wait for it any more. */
  record Waive(int broker) implements CoordinationEvent {}
}
