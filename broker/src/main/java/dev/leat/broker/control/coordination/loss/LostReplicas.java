package dev.leat.broker.control.coordination.loss;

import dev.leat.broker.control.coordination.GroupReport;
import dev.leat.broker.control.coordination.loss.LostGroup.LostReplica;
import dev.leat.broker.control.coordination.loss.LostGroup.State;
import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.log.Replica;
import dev.leat.broker.log.Withdrawal;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** Puts together what is known of every replica of a lost group. Later words count for more. */
public final class LostReplicas {
  private final IntPredicate isHere;
  private final Map<Replica, LostReplica> replicas = new TreeMap<>();

  /**
   * Nothing is known yet.
   *
   * @param isHere whether a broker answers
   */
  public LostReplicas(IntPredicate isHere) {
    this.isHere = isHere;
  }

  /** Who should have it. */
  public LostReplicas voters(@Nullable GroupConfig config) {
    for (Replica voter : config == null ? List.<Replica>of() : config.all()) {
      boolean here = isHere.test(voter.broker());
      String detail =
          here
              ? "its broker answers, and has another disk or an empty one"
              : "its broker does not answer";
      replicas.put(voter, new LostReplica(voter, here ? State.MISSING : State.AWAY, 0, -1, detail));
    }
    return this;
  }

  /** What was heard of it once. */
  public LostReplicas heard(Collection<GroupReport> reports) {
    reports.forEach(report -> add(report, State.AWAY, "its broker does not answer"));
    return this;
  }

  /** Who is there. */
  public LostReplicas present(Collection<GroupReport> reports) {
    reports.forEach(report -> add(report, State.PRESENT, ""));
    return this;
  }

  /** What those had that have withdrawn. */
  public LostReplicas withdrawn(Collection<GroupReport> reports) {
    for (GroupReport had : reports) {
      if (replicas.isEmpty()) {
        voters(had.config());
      }
      Withdrawal reason = had.withdrawal();
      add(had, State.WITHDRAWN, reason == null ? "" : reason.reason());
    }
    return this;
  }

  private void add(GroupReport report, State state, String detail) {
    replicas.put(
        report.self(),
        new LostReplica(report.self(), state, report.lastEpoch(), report.lastSeq(), detail));
  }

  /** All, by broker. */
  public List<LostReplica> list() {
    return List.copyOf(replicas.values());
  }
}
