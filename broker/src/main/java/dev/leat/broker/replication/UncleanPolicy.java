package dev.leat.broker.replication;

/**
 * UNCLEAN: what becomes of a group that has lost a quorum for good; by class of topics.
 *
 * @param availableAfterMs so long after a quorum was seen last, the group goes on with what is
 *     left; {@link #WAIT}: only a person decides
 */
public record UncleanPolicy(long availableAfterMs) {
  /** Never by itself. */
  public static final long WAIT = Long.MAX_VALUE;

  /** What holds unless somebody says otherwise: nothing is given up without a person. */
  public static final UncleanPolicy DEFAULT = new UncleanPolicy(WAIT);
}
