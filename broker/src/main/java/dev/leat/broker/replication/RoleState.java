package dev.leat.broker.replication;

import dev.leat.broker.log.Replica;

/** What a replica does in its {@link Role}; lives as long as it has that role in that epoch. */
sealed interface RoleState permits Follower, Collector, Leader {
  /** Which role. */
  Role role();

  /** Something is on disk. */
  void onDurable();

  /** Time has passed. */
  void onTick();

  /** An answer in the epoch that this replica has promised. */
  void onAnswer(Replica from, PeerMessage answer);

  /** What comes next. */
  Verdict verdict();

  /** The role ends: whoever waits gets an answer. */
  void close();

  /** What becomes of a role. */
  enum Verdict {
    /** It goes on. */
    STAY,
    /** Collected enough: lead. */
    LEAD,
    /** Lead no more, or give up collecting. */
    FOLLOW
  }
}
