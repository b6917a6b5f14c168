package dev.leat.broker.replication;

import dev.leat.broker.log.Withdrawal;
import dev.leat.broker.log.group.GroupCheckpoint;
import dev.leat.broker.log.group.GroupState;

/** What becomes of a replica that ends, once its disk says so. */
sealed interface Ending {

  /** FORGET: nothing is left of it. */
  record Dropped() implements Ending {}

  /** DISK: what it has is a last resort. */
  record Withdrawn(Withdrawal reason) implements Ending {}

  /** CREATE: another attempt takes its place. */
  record Replaced(GroupEvent.Create by) implements Ending {}

  /**
   * UNCLEAN: it begins a new history.
   *
   * @param shown what readers have seen of it
   * @param base the base of the new history
   * @param token who asked for it
   */
  record Forked(GroupState shown, GroupCheckpoint base, Object token) implements Ending {}
}
