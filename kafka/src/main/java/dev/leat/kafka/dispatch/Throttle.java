package dev.leat.kafka.dispatch;

import org.apache.kafka.common.requests.RequestContext;

/** Says for how long a client that takes too much must be silent. */
public interface Throttle {
  /** Whether anybody is limited at all. */
  boolean isActive();

  /**
   * Counts a request that is being answered. The response says for how long its client is to be
   * silent, and nothing is read from its connection in that time (KIP-219).
   *
   * @return milliseconds; 0: it may go on
   */
  int record(RequestContext client, Use use);

  /**
   * What a request took.
   *
   * @param producedBytes size of a Produce request; 0 for others
   * @param fetchedBytes records in the response
   * @param nanos time of an event loop
   */
  record Use(long producedBytes, long fetchedBytes, long nanos) {}
}
