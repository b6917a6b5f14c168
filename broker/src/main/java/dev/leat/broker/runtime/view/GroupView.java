package dev.leat.broker.runtime.view;

import dev.leat.broker.log.GroupId;
import java.util.List;

/**
 * Who leads a replica group, as everybody outside the core sees it: written by the core loop, read
 * by any thread.
 */
public final class GroupView {
  /** No leader is known. */
  public static final int NO_LEADER = -1;

  private static final Leadership UNKNOWN = new Leadership(NO_LEADER, 0, false, List.of());

  private final GroupId id;
  private Leadership own = UNKNOWN;
  private Leadership told = UNKNOWN;
  private volatile Leadership leadership = UNKNOWN;
  private volatile List<Integer> lagging = List.of();
  private volatile boolean lost;

  GroupView(GroupId id) {
    this.id = id;
  }

  /** Number of the group. */
  public GroupId id() {
    return id;
  }

  /** The newest known leadership. */
  public Leadership leadership() {
    return leadership;
  }

  /** What the replica here knows. On the core loop only. */
  public void lead(Leadership newer) {
    own = newer;
    settle();
  }

  /**
   * What the cluster says. On the core loop only.
   *
   * @param behind voters that are down or far behind
   * @param isLost UNCLEAN: whether a quorum of its replicas is gone
   */
  public void tell(Leadership newer, List<Integer> behind, boolean isLost) {
    told = newer;
    lagging = List.copyOf(behind);
    lost = isLost;
    settle();
  }

  /** UNCLEAN: whether a quorum of its replicas is gone, so that it waits for a person. */
  public boolean isLost() {
    return lost;
  }

  /** Whether the cluster says that a voter is down or far behind. */
  public boolean isLagging(int broker) {
    return lagging.contains(broker);
  }

  /** What the replica here knows, whatever the cluster says. On the core loop only. */
  public Leadership own() {
    return own;
  }

  private void settle() {
    Leadership best = own.here() || own.epoch() > told.epoch() ? own : told;
    if (best == own && own.epoch() == told.epoch() && !told.voters().isEmpty()) {
      // Voters change under the same leader, too, and its own view is of when it began.
      best = new Leadership(own.leader(), own.epoch(), own.here(), told.voters());
    }
    if (!best.equals(leadership)) {
      leadership = best;
    }
  }

  /**
   * A leader and its epoch.
   *
   * @param leader broker that leads, or {@link #NO_LEADER}
   * @param epoch its epoch
   * @param here whether it is this broker, and active: its high watermarks are known
   * @param voters brokers that vote
   */
  public record Leadership(int leader, int epoch, boolean here, List<Integer> voters) {
    /** Copies the list. */
    public Leadership {
      voters = List.copyOf(voters);
    }
  }
}
