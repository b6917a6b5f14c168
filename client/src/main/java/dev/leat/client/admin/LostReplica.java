package dev.leat.client.admin;

import java.util.OptionalLong;

/**
 * One replica of a lost group.
 *
 * @param broker its broker
 * @param state whether it can be counted on
 * @param lastEpoch epoch of its last entry, as last heard; 0 if it has none, or nothing is known
 * @param lastSeq number of its last entry, as last heard; empty if nothing is known
 * @param detail why it is not there; empty if it is
 */
public record LostReplica(
    int broker, State state, int lastEpoch, OptionalLong lastSeq, String detail) {

  /** Whether a replica can be counted on. */
  public enum State {
    /** It answers, and votes. */
    PRESENT,
    /** It answers, and takes part no more: used if there is no other. */
    WITHDRAWN,
    /** Its broker answers, and has another disk, or an empty one. */
    MISSING,
    /** Its broker does not answer. */
    AWAY
  }
}
