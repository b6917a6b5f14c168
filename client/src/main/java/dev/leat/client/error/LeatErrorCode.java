package dev.leat.client.error;

/** Why something failed. The broker's reasons have the names of {@code leat.v1.ErrorCode}. */
public enum LeatErrorCode {
  /** The topic does not exist. */
  UNKNOWN_TOPIC(false),
  /** The topic has no partition of this number. */
  UNKNOWN_PARTITION(false),
  /** The offset is below the log start or above the end of the partition. */
  OFFSET_OUT_OF_RANGE(false),
  /** A batch is malformed, or its checksum does not match. */
  CORRUPT_BATCH(false),
  /** A record is over the topic's limit. */
  RECORD_TOO_LARGE(false),
  /** The topic name is not legal. */
  INVALID_TOPIC_NAME(false),
  /** The topic exists already. */
  TOPIC_EXISTS(false),
  /** A value that is never valid. */
  INVALID_REQUEST(false),
  /** The asked broker does not lead the partition. */
  NOT_LEADER(true),
  /** The partition has no leader now, or its leader cannot reach a quorum. */
  LEADER_NOT_AVAILABLE(true),
  /** The broker's disk is full: nothing was written. */
  DISK_FULL(true),
  /** An earlier batch of the producer is missing in the partition. */
  OUT_OF_ORDER_SEQUENCE(false),
  /** The partition knows nothing of the producer. */
  UNKNOWN_PRODUCER(false),
  /** A newer epoch of the producer is known. */
  PRODUCER_FENCED(false),
  /** A limit of the broker is reached. */
  THROTTLED(true),
  /** No broker can be reached, or the broker is stopping or starting. */
  UNAVAILABLE(true),
  /** A stored batch is damaged and is not served. */
  CORRUPT_STORAGE(false),
  /** The principal may not do this. */
  NOT_AUTHORIZED(false),
  /** The change of a topic is not allowed. */
  INVALID_CHANGE(false),
  /** The number of replicas is not possible. */
  INVALID_REPLICAS(false),
  /** Not done in time; it may still have happened. */
  TIMEOUT(true),
  /** A defect of the broker or of this client. */
  INTERNAL(false),
  /** There is no such group. */
  UNKNOWN_GROUP(false),
  /** The group has members: what was asked for needs one without. */
  GROUP_NOT_EMPTY(false),
  /** The group has given this member up: join again. */
  MEMBER_FENCED(true),
  /** Records of a transaction that is not open in the partition, or of none while one is. */
  INVALID_TXN_STATE(false),
  /** A newer transaction coordinator is known. */
  COORDINATOR_FENCED(false),
  /** A record is not what its topic takes: without a key in a compacted topic. */
  INVALID_RECORD(false),
  /** The producer's buffer memory stayed full for too long. */
  BUFFER_FULL(true),
  /** The client, producer or consumer is closed. */
  CLOSED(false),
  /** The waiting thread was interrupted. */
  INTERRUPTED(true);

  private final boolean retriable;

  LeatErrorCode(boolean retriable) {
    this.retriable = retriable;
  }

  /** Whether the same call may succeed later. */
  public boolean isRetriable() {
    return retriable;
  }
}
