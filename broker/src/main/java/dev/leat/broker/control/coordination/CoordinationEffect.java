package dev.leat.broker.control.coordination;

import dev.leat.broker.control.TopicEvent;
import dev.leat.broker.control.coordination.loss.RecoveredGroup;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.replication.GroupEvent;
import dev.leat.crds.ClusterState;
import dev.leat.crds.Lease;
import dev.leat.crds.ResourceName;
import java.util.List;

/** What the coordination of a cluster wants done. In order. */
public sealed interface CoordinationEffect {

  /** Send on the link to a broker, if there is one; else drop it. */
  record Send(int broker, CoordinationMessage message) implements CoordinationEffect {}

  /**
   * Hold a link to a broker from now on: when it breaks, connect again at once, then after 50 ms,
   * doubled up to 1 s. A new address takes the place of the old one.
   *
   * @param broker which one
   * @param address host:port of its peer listener
   */
  record Connect(int broker, String address) implements CoordinationEffect {}

  /** Hold no link to this broker any more. */
  record Disconnect(int broker) implements CoordinationEffect {}

  /**
   * Close this link: who is at the other end is not one of us.
   *
   * @param broker who it says it is
   * @param nonce its process
   * @param reason one line for a person, also to be sent to the other end
   */
  record Reject(int broker, long nonce, String reason) implements CoordinationEffect {}

  /** Something for the store; always answered by an event with the same number. */
  sealed interface StoreCall extends CoordinationEffect {
    /** Number of this call. */
    long call();
  }

  /** Answered by {@link CoordinationEvent.LeaseAnswered}. */
  sealed interface LeaseCall extends StoreCall {}

  /** Answered by {@link CoordinationEvent.StateAnswered}. */
  sealed interface StateCall extends StoreCall {}

  /** Read a Lease. */
  record ReadLease(long call, ResourceName name) implements LeaseCall {}

  /** Create a Lease. */
  record CreateLease(long call, Lease lease) implements LeaseCall {}

  /** Update a Lease. */
  record UpdateLease(long call, Lease lease) implements LeaseCall {}

  /** Read the ClusterState, not from a cache. */
  record ReadState(long call, ResourceName name) implements StateCall {}

  /** Create the ClusterState. */
  record CreateState(long call, ClusterState state) implements StateCall {}

  /** Update the ClusterState. */
  record UpdateState(long call, ClusterState state) implements StateCall {}

  /**
   * Step a local group; one that this broker does not have is made first, absent. The event's token
   * is a {@link Token}: its reply comes as {@link CoordinationEvent.Replied}.
   */
  record StepGroup(GroupId group, GroupEvent event) implements CoordinationEffect {}

  /** Who waits for a reply of a group. */
  record Token(long number) {}

  /**
   * This broker is controller now: start a topic controller, which gets {@link TellTopics}.
   *
   * @param term its term
   */
  record BecameController(long term) implements CoordinationEffect {}

  /** This broker is controller no more: end the topic controller. */
  record CeasedController() implements CoordinationEffect {}

  /** For the topic controller here. */
  record TellTopics(TopicEvent event) implements CoordinationEffect {}

  /** The view of the cluster is another one. */
  record ViewChanged(ClusterView view) implements CoordinationEffect {}

  /**
   * The answer to {@link CoordinationEvent.Recover}.
   *
   * @param request from the wish
   * @param groups what became of each group
   */
  record Recovered(long request, List<RecoveredGroup> groups) implements CoordinationEffect {
    /** Copies. */
    public Recovered {
      groups = List.copyOf(groups);
    }
  }

  /** After {@link CoordinationEvent.Stop}: nothing is led here any more, or time is up. */
  record Drained(boolean inTime) implements CoordinationEffect {}

  /**
   * This process must end: another one has its place.
   *
   * @param reason one line: what, why, what to do
   */
  record Exit(String reason) implements CoordinationEffect {}

  /** Tell a person: something happened that is worth a line. */
  record Say(Level level, String message) implements CoordinationEffect {}

  /** How bad it is. */
  enum Level {
    /** As it should be. */
    INFO,
    /** Something is broken; what can be done about it is being done. */
    WARN
  }
}
