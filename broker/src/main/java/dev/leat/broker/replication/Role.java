package dev.leat.broker.replication;

/**
 * What a replica is doing in its epoch.
 *
 * <pre>
 *            Appoint             quorum collected
 *  FOLLOWER ---------> COLLECTING --------------> ACTIVE
 *      ^                   |                        |
 *      +---- a higher epoch, no voter, no quorum ---+
 * </pre>
 */
public enum Role {
  /** Obeys the leader that it has promised its epoch to, if there is one. */
  FOLLOWER,
  /** Appointed; collects promises and the best log from a quorum. */
  COLLECTING,
  /** Leads: takes records. Its high watermarks are known once its barrier is committed. */
  ACTIVE
}
