package dev.leat.broker.control.coordination.loss;

import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Replica;
import java.util.List;

/**
 * UNCLEAN: a group that has no quorum any more, and what is left of it: what a person needs to know
 * who has to decide whether to wait, or to go on with less.
 *
 * @param group which one
 * @param lostMs for how long the controller has seen no quorum, ms
 * @param replicas its voters, and whoever else has something of it; by broker
 * @param survivor broker whose replica it would begin again from; -1 if nobody can be reached that
 *     has anything
 * @param outlook one line: what would be kept and what given up; or what to bring back
 */
public record LostGroup(
    GroupId group, long lostMs, List<LostReplica> replicas, int survivor, String outlook) {
  /** Copies. */
  public LostGroup {
    replicas = List.copyOf(replicas);
  }

  /**
   * One replica.
   *
   * @param replica which one
   * @param state whether it can be counted on
   * @param lastEpoch epoch of its last entry, as last heard; 0 if there is none, or nothing is
   *     known
   * @param lastSeq seq of its last entry, as last heard; -1 if nothing is known
   * @param detail why it is not there; empty if it is
   */
  public record LostReplica(
      Replica replica, State state, int lastEpoch, long lastSeq, String detail) {}

  /** Whether a replica can be counted on. */
  public enum State {
    /** It answers, and votes. */
    PRESENT,
    /** It answers, and takes part no more: a last resort. */
    WITHDRAWN,
    /** Its broker answers, and has nothing of it: another disk, or an emptied one. */
    MISSING,
    /** Its broker does not answer. */
    AWAY
  }
}
