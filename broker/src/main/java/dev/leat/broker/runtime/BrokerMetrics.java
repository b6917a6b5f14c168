package dev.leat.broker.runtime;

import dev.leat.broker.log.Journal;

/**
 * What the loops report about themselves. Implementations must be cheap and may be called from any
 * thread.
 */
public interface BrokerMetrics {
  /** Counts nothing. */
  BrokerMetrics NONE = new BrokerMetrics() {};

  /** Records of one produce request were acknowledged. */
  default void produced(int records, long bytes, long nanos) {}

  /** Parts of produce requests were refused. */
  default void refused(String error) {}

  /** Batches were handed to a consumer. */
  default void fetched(long bytes) {}

  /** So many bytes of these came from a replica that follows. */
  default void fetchedFromFollower(long bytes) {}

  /** The core loop handled a round of events. */
  default void coreRound(int events, long nanos) {}

  /** Mostly dead segments were emptied. */
  default void evacuated(int segments, Journal.Moved moved) {}

  /** Partitions were compacted. */
  default void compacted(Journal.Moved moved) {}

  /** Bytes that wait to be compacted, as far as that is worth it. */
  default void dirtyBytes(long bytes) {}

  /** Bytes of produce requests that are held in memory changed. */
  default void produceBytesHeld(long bytes) {}

  /** Bytes of records were sent to another broker. */
  default void peerSent(long bytes) {}

  /** Bytes of records that came from other brokers and are not on disk yet changed. */
  default void peerBytesHeld(long bytes) {}

  /** The link to another broker has ended. */
  default void peerReset() {}

  /** Connections of clients came (1) or went (-1). */
  default void connections(int change) {}

  /** A connection was not taken: too many in all, or of one address. */
  default void connectionRefused(String limit) {}

  /** A client's connection was closed, as it was not used well. */
  default void connectionClosed(String reason) {}

  /** A client was told to be silent, as it was over its quota. */
  default void throttled(long ms) {}

  /** Bytes that slow clients make the broker hold grew by so many, or shrank. */
  default void slowBytesHeld(long change) {}
}
