package dev.leat.broker.replication;

/**
 * Rules of docs/protocol/PROTOCOL.md that tests drop one at a time, to see that the simulator
 * notices. Each names the mutant of the model that loses data without it.
 */
enum Rule {
  /** OBEY: an epoch is promised to one leader only. */
  NOVOTE,
  /** OBEY: the promise is on disk before the answer. */
  VOLVOTE,
  /** APPOINT: a restarted leader does not go on in its epoch. */
  RESUME,
  /** COLLECT: the best log is that of the highest last epoch, then the longest. */
  LONGEST,
  /** COLLECT: the config comes with the fetched log. */
  ADOPTCONFIG,
  /** COLLECT: an answer counts once the log that it speaks of has been fetched. */
  COUNTFIRST,
  /** COLLECT: a quorum has to answer. */
  NOCOLLECT,
  /** COLLECT: a quorum of the old voters too, while a change is open. */
  COLLECTNEW,
  /** A leader outside the set does not count in it. */
  SELF,
  /** COPY: only what was compared is acked. */
  RAWACK,
  /** COPY: what is acked is on disk. */
  NOSYNC,
  /** COPY: what was there before and compared is on disk too. */
  CMPNOSYNC,
  /** COPY: the leader counts its durable end. */
  LEADERSYNC,
  /** COMMIT: only up to an entry of the leader's own epoch. */
  OLDEPOCH,
  /** COMMIT: a quorum of the old voters too, while a change is open. */
  NOJOINT,
  /** CHANGE: the final config follows when the joint one is committed. */
  EARLYFINAL,
  /** CHANGE: only the leader that began a change takes it back. */
  BACKANY,
  /** FORGET: a removed replica comes back under another name. */
  FORGET,
  /** FORGET: who was told that it is removed does not vote again under its name. */
  READD,
  /** DISK: a replica that lost its disk comes back under another name. */
  DISK,
  /** DISK: a replica whose log lost an entry below its durable end withdraws. */
  DAMAGE,
  /** COMMIT: what a replica shows is on its own disk. */
  SHOWN,
  /** RETAIN: a snapshot is the log once its base is on disk, not before. */
  RETAIN,
  /** RETAIN: what is alive below the base comes before the base. */
  ALIVE,
  /** CREATE: only a replica that has promised nothing gives way to another attempt. */
  CREATE,
  /** READ: a round to quorums comes before the answer. */
  READ,
  /** GRACEFUL: the target has everything before it is appointed. */
  GRACEFUL,
  /** UNCLEAN: who hears of a history that comes from its own takes part no more. */
  UNCLEAN,
  /** The producer state is checked before an append. */
  DEDUPLICATE,
  /** COPY: what conflicts is cut, and nothing else. */
  CUTONLYCONFLICT
}
