package dev.leat.broker.control.coordination;

import dev.leat.broker.log.GroupId;
import dev.leat.broker.replication.GroupStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * One broker's part in coordinating the cluster: signs of life, suspicion, the controller's
 * election and, if this broker is it, everything that a controller does.
 *
 * <p>Pure: {@link #step} is the only way in, the effects that it returns the only way out. Belongs
 * to the thread of the broker's groups. No safety rests on it: see docs/protocol/PROTOCOL.md.
 */
public final class CoordinationMachine {
  private final Hello self;
  private final LocalGroups local;

  /**
   * The machine of a broker that starts.
   *
   * @param settings what is known beforehand
   * @param self who this broker is; its groups are not looked at
   * @param local the replicas here
   * @param random for replica ids, histories and pauses
   */
  public CoordinationMachine(
      Settings settings, Hello self, LocalGroups local, RandomGenerator random) {
    this.self = self;
    this.local = local;
  }

  /**
   * Takes in what happened.
   *
   * @return what is to be done, in this order
   */
  public List<CoordinationEffect> step(CoordinationEvent event, Now now) {
    return List.of();
  }

  /**
   * When the next {@link CoordinationEvent.Tick} is due, in monotonic ms. Changes with each step.
   */
  public long wakeAtMs() {
    return Long.MAX_VALUE;
  }

  /** What is said first on a new link. */
  public Hello hello(Now now) {
    List<GroupReport> groups = new ArrayList<>();
    for (GroupId group : local.all()) {
      local.status(group).ifPresent(status -> groups.add(report(group, status, now)));
    }
    return self.withGroups(groups);
  }

  private static GroupReport report(GroupId group, GroupStatus status, Now now) {
    return GroupReport.of(group, status, now.ms());
  }

  /** The cluster as this broker sees it. */
  public ClusterView view() {
    return ClusterView.EMPTY;
  }
}
