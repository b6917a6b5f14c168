package dev.leat.kafka.transaction;

import org.apache.kafka.clients.ClientResponse;
import org.apache.kafka.common.requests.AbstractRequest;
import org.jspecify.annotations.Nullable;

/** Questions that one request asks of another broker. */
interface PeerBatch {
  /** The request. */
  AbstractRequest.Builder<?> request();

  /** Answers the questions; null: the broker was not reached or said nothing. */
  void answer(@Nullable ClientResponse response);
}
