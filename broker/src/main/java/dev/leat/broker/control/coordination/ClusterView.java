package dev.leat.broker.control.coordination;

import dev.leat.broker.log.GroupId;
import java.util.List;
import java.util.Optional;

/**
 * The cluster as one broker sees it: for clients' metadata and {@code leat cluster status}. What
 * the controller has told, with what this broker knows better because it is nearer.
 *
 * @param controller broker that is controller, -1 if none is known
 * @param term its term
 * @param format format version that may be written
 * @param brokers in order of their ids
 * @param groups in order of their ids
 * @param alone whether this broker hears none of the others, which may live: what it shows may be
 *     old
 */
public record ClusterView(
    int controller,
    long term,
    int format,
    List<Broker> brokers,
    List<Group> groups,
    boolean alone) {
  /** Nothing known yet. */
  public static final ClusterView EMPTY = new ClusterView(-1, 0, 0, List.of(), List.of(), false);

  /** Copies. */
  public ClusterView {
    brokers = List.copyOf(brokers);
    groups = List.copyOf(groups);
  }

  /** The broker of this number. */
  public Optional<Broker> broker(int id) {
    return brokers.stream().filter(broker -> broker.id() == id).findFirst();
  }

  /** The group of this number. */
  public Optional<Group> group(GroupId id) {
    return groups.stream().filter(group -> group.id().equals(id)).findFirst();
  }

  /**
   * One broker.
   *
   * @param id its number
   * @param starts how often it was started
   * @param state whether it can be used
   * @param addresses where it is reached
   * @param zone failure domain; empty if unknown
   */
  public record Broker(
      int id, long starts, BrokerState state, Hello.Addresses addresses, String zone) {}

  /**
   * One group.
   *
   * @param id its number
   * @param history its history
   * @param epoch epoch of the leader, or the highest known
   * @param leader broker that leads it, -1 if none is known to
   * @param voters brokers that vote
   * @param lagging voters that are down or far behind
   * @param joining brokers on their way into the voters
   * @param lost UNCLEAN: whether no quorum of its replicas is there, and was not for a while
   * @param forked UNCLEAN: whether it began again from what one replica had: records may be lost
   */
  public record Group(
      GroupId id,
      long history,
      int epoch,
      int leader,
      List<Integer> voters,
      List<Integer> lagging,
      List<Integer> joining,
      boolean lost,
      boolean forked) {
    /** Copies. */
    public Group {
      voters = List.copyOf(voters);
      lagging = List.copyOf(lagging);
      joining = List.copyOf(joining);
    }
  }
}
