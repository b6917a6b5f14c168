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
}
