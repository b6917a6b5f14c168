package dev.leat.broker.control.coordination;

import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.PartitionInfo;
import dev.leat.broker.log.Promise;
import dev.leat.broker.log.Replica;
import dev.leat.broker.log.TopicPartition;
import dev.leat.broker.log.group.HistoryFork;
import dev.leat.broker.replication.GroupEvent.NewPartition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What brokers say to each other about the cluster, beside the {@link
 * dev.leat.broker.replication.PeerEnvelope}s of their groups. Each may be lost, late, repeated or
 * overtaken; none is needed for safety. On a link, each way, {@link Hello} comes before all.
 *
 * <pre>
 *   everybody -> everybody   Heartbeat, Suspects, Leading
 *   appointer -> voters      Ask, Appoint            answered by Report, Appointed
 *   controller -> brokers    CreateGroups, JoinGroups, ChangeVoters, HandOver, ChangePartitions,
 *                            ForkGroup               answered by Done (some of them: one for each)
 *   controller -> brokers    GivenUp
 *   controller -> brokers    ViewPush                a gap is answered by ViewRequest
 *   leader -> controller     Held, HeldChanged       asked for by HeldRequest
 *   anybody -> controller    Report                  what has changed, unasked (request 0)
 * </pre>
 *
 * Requests carry a number that the asker has made up; an answer repeats it.
 */
public sealed interface CoordinationMessage {

  /**
   * Sign of life: every 250 ms to every link, and at once when something in it changes.
   *
   * @param state what the sender says of itself: UP or DRAINING
   * @param leaves whether it stops for good or for a restart only; with DRAINING
   * @param term of the controller that it takes for the present one; 0 if it knows none
   * @param controller that controller, -1 if none
   * @param suspects whom the sender holds for dead or silent
   */
  record Heartbeat(
      BrokerState state, boolean leaves, long term, int controller, List<Suspect> suspects)
      implements CoordinationMessage {
    /** Copies. */
    public Heartbeat {
      suspects = List.copyOf(suspects);
    }
  }

  /**
   * A witness's word about another broker.
   *
   * @param broker which one
   * @param nonce which process of it
   * @param dead E1: its end closed the link, and nobody listens at its address any more (or a newer
   *     process answers). Else E2: nothing heard from it for longer than a heartbeat may take
   */
  record Suspect(int broker, long nonce, boolean dead) {}

  /**
   * An appointer asks what a broker's replicas have.
   *
   * @param request its number, above 0
   * @param groups of these groups; none: of all
   */
  record Ask(long request, List<GroupId> groups) implements CoordinationMessage {
    /** Copies. */
    public Ask {
      groups = List.copyOf(groups);
    }
  }

  /**
   * The answer to {@link Ask}; or, unasked, what has changed: to the controller, at once when a
   * role, promise or config changes, and all of it every 2 s.
   *
   * @param request from the question, 0 if unasked
   * @param all whether these are all replicas on the broker's disk
   * @param groups the replicas; of those asked for, absent ones are not in it
   */
  record Report(long request, boolean all, List<GroupReport> groups)
      implements CoordinationMessage {
    /** Copies. */
    public Report {
      groups = List.copyOf(groups);
    }
  }

  /**
   * APPOINT: lead these. All groups of one event in one message.
   *
   * @param request its number, above 0
   * @param groups which, and in which epoch
   */
  record Appoint(long request, List<Appointment> groups) implements CoordinationMessage {
    /** Copies. */
    public Appoint {
      groups = List.copyOf(groups);
    }
  }

  /**
   * Lead a group.
   *
   * @param group which one
   * @param history its history; a replica of another one ignores the appointment
   * @param epoch the epoch
   */
  record Appointment(GroupId group, long history, int epoch) {}

  /**
   * The answer to {@link Appoint}. That a group leads is said by {@link Leading}.
   *
   * @param request from the appointment
   * @param answers one for each group
   */
  record Appointed(long request, List<Answer> answers) implements CoordinationMessage {
    /** Copies. */
    public Appointed {
      answers = List.copyOf(answers);
    }
  }

  /**
   * What became of one appointment.
   *
   * @param group which group
   * @param verdict what was said
   * @param promised what the replica has promised now
   */
  record Answer(GroupId group, Verdict verdict, Promise promised) {}

  /** Answers to an appointment. */
  enum Verdict {
    /** Taken up: it collects. */
    ACCEPTED,
    /** A higher epoch, or this epoch to another leader, is promised already. */
    FENCED,
    /** The replica does not vote. */
    NOT_VOTER,
    /** The epoch is higher than any that can have been reached honestly. */
    TOO_FAR,
    /** Nothing of the group, or another history of it, is on this disk. */
    NO_GROUP
  }

  /**
   * A broker tells everybody which groups it leads: when it begins to (its barrier is committed),
   * to every new link (all it leads), and when it has stopped.
   *
   * @param groups what it leads, or has stopped to lead
   */
  record Leading(List<Leadership> groups) implements CoordinationMessage {
    /** Copies. */
    public Leading {
      groups = List.copyOf(groups);
    }
  }

  /**
   * One group.
   *
   * @param group which one
   * @param history its history
   * @param epoch the epoch
   * @param leads whether the sender leads it in that epoch; false: not any more
   */
  record Leadership(GroupId group, long history, int epoch, boolean leads) {}

  /** The controller asks for {@link Held} of all groups that the broker leads. */
  record HeldRequest() implements CoordinationMessage {}

  /**
   * The partitions of a group, to the controller: when the sender begins to lead it, and when
   * asked.
   *
   * @param group which one
   * @param epoch in which the sender leads it
   * @param partitions all it holds, committed
   */
  record Held(GroupId group, int epoch, List<PartitionInfo> partitions)
      implements CoordinationMessage {
    /** Copies. */
    public Held {
      partitions = List.copyOf(partitions);
    }
  }

  /**
   * Partitions of a group came or went, to the controller; committed. Comes after that epoch's
   * {@link Held}; if anything in between may be lost, {@link HeldRequest} helps.
   *
   * @param group which one
   * @param epoch in which the sender leads it
   */
  record HeldChanged(
      GroupId group, int epoch, List<PartitionInfo> created, List<PartitionInfo> deleted)
      implements CoordinationMessage {
    /** Copies. */
    public HeldChanged {
      created = List.copyOf(created);
      deleted = List.copyOf(deleted);
    }
  }

  /**
   * CREATE: put these on your disk. Repeating is harmless. Answered by one {@link Done} for each.
   *
   * @param groups groups to create
   */
  record CreateGroups(List<NewGroup> groups) implements CoordinationMessage {
    /** Copies. */
    public CreateGroups {
      groups = List.copyOf(groups);
    }
  }

  /**
   * A group that begins.
   *
   * @param request its number, above 0
   * @param group which one
   * @param history random, fixed by compare-and-set in ClusterState
   * @param voters the first voters, the receiver among them
   */
  record NewGroup(long request, GroupId group, long history, List<Replica> voters) {
    /** Copies. */
    public NewGroup {
      voters = List.copyOf(voters);
    }
  }

  /**
   * A new, empty replica of an existing group, which its leader is then asked to let in. Repeating
   * is harmless. Answered by a {@link Done} with the replica.
   *
   * @param request its number, above 0
   * @param group which one
   * @param history its history
   */
  record JoinGroup(long request, GroupId group, long history) implements CoordinationMessage {}

  /**
   * UNCLEAN: begin the group again from what is here of it, whether that takes part or has
   * withdrawn. Answered by a {@link Done} with the replica under its new name; repeating is
   * harmless.
   *
   * @param request its number, above 0
   * @param group which one
   * @param parent the history that is here, and is given up
   * @param history random, of the history that begins
   */
  record ForkGroup(long request, GroupId group, long parent, long history)
      implements CoordinationMessage {}

  /**
   * UNCLEAN: the group goes on in a history that comes from yours, in case that you do not hear it
   * from whoever has that one.
   *
   * @param group which one
   * @param history the history that counts
   * @param forks those that it comes from
   */
  record GivenUp(GroupId group, long history, List<HistoryFork> forks)
      implements CoordinationMessage {
    /** Copies. */
    public GivenUp {
      forks = List.copyOf(forks);
    }
  }

  /**
   * CHANGE, to the leader. Answered by {@link Done} when the change is committed or refused.
   *
   * @param request its number, above 0
   * @param group which one
   * @param history its history
   * @param voters who shall vote; the leader among them
   */
  record ChangeVoters(long request, GroupId group, long history, List<Replica> voters)
      implements CoordinationMessage {
    /** Copies. */
    public ChangeVoters {
      voters = List.copyOf(voters);
    }
  }

  /**
   * GRACEFUL, to the leaders: stop appending, and when the target has caught up appoint it.
   * Answered by one {@link Done} for each group.
   *
   * @param moves which groups, to whom
   */
  record HandOver(List<Move> moves) implements CoordinationMessage {
    /** Copies. */
    public HandOver {
      moves = List.copyOf(moves);
    }
  }

  /**
   * A leadership that moves.
   *
   * @param request its number, above 0
   * @param group which one
   * @param history its history
   * @param target who shall lead
   */
  record Move(long request, GroupId group, long history, Replica target) {}

  /**
   * The topic controller has a leader create and delete partitions, in one entry. Answered by
   * {@link Done} once committed.
   *
   * @param request its number, above 0
   * @param group which one
   * @param created partitions to create
   * @param deleted partitions to delete
   */
  record ChangePartitions(
      long request, GroupId group, List<NewPartition> created, List<TopicPartition> deleted)
      implements CoordinationMessage {
    /** Copies. */
    public ChangePartitions {
      created = List.copyOf(created);
      deleted = List.copyOf(deleted);
    }
  }

  /**
   * What became of a request. No answer at all: nobody knows.
   *
   * @param request from the request
   * @param group the group
   * @param done whether it was done
   * @param replica with {@link JoinGroup}: who has joined; else null
   * @param detail if it was not done, why: one line
   */
  record Done(long request, GroupId group, boolean done, @Nullable Replica replica, String detail)
      implements CoordinationMessage {}

  /**
   * The controller tells what it knows of brokers and groups: to every broker, 5 ms after a change,
   * and all of it to a new link.
   *
   * @param term the controller's term: of two, the higher one counts
   * @param number 1, 2, 3 ... within the term
   * @param all whether this is everything; else what has changed since {@code number - 1}
   * @param format format version that may be written now
   * @param brokers brokers
   * @param groups groups
   */
  record ViewPush(
      long term,
      long number,
      boolean all,
      int format,
      List<ClusterView.Broker> brokers,
      List<ClusterView.Group> groups)
      implements CoordinationMessage {
    /** Copies. */
    public ViewPush {
      brokers = List.copyOf(brokers);
      groups = List.copyOf(groups);
    }
  }

  /** A broker has missed a {@link ViewPush}: send all. */
  record ViewRequest() implements CoordinationMessage {}
}
