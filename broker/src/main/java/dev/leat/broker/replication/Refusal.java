package dev.leat.broker.replication;

/** Why a group did not do what it was asked to. Nothing has changed then, unless it says so. */
public enum Refusal {
  /** The group has no such partition. */
  UNKNOWN_PARTITION(false),
  /**
   * Another replica leads. For a part that was appended before this replica lost its epoch: whether
   * it gets committed is not known, so only an idempotent producer may send it again safely.
   */
  NOT_LEADER(true),
  /** Appointed, but not leading yet; or leading without a quorum. */
  LEADER_NOT_AVAILABLE(true),
  /** The first sequence does not follow the last one of this producer. */
  OUT_OF_ORDER_SEQUENCE(false),
  /** Nothing is known of this producer, and the batch is not its first one. */
  UNKNOWN_PRODUCER(false),
  /** A newer epoch of this producer is known. */
  PRODUCER_FENCED(false),
  /**
   * The records belong to a transaction that is not open here: its coordinator must confirm it
   * first. Or they belong to none, while one of their producer is open.
   */
  INVALID_TXN_STATE(true),
  /** A newer transaction coordinator has written a marker. */
  COORDINATOR_FENCED(false),
  /** The part mixes producers, or a field contradicts another. */
  INVALID_REQUEST(false),
  /** Too much waits for its commit. */
  THROTTLED(true),
  /** The journal takes no records now. */
  DISK_FULL(true),
  /** The offset is outside of the partition. */
  OFFSET_OUT_OF_RANGE(false),
  /** A change of voters is not possible now: another is open, or the new ones are not caught up. */
  NOT_READY(true),
  /** The leader hands over or stops. */
  UNAVAILABLE(true);

  private final boolean retriable;

  Refusal(boolean retriable) {
    this.retriable = retriable;
  }

  /** Whether the same request may succeed later, or elsewhere. */
  public boolean isRetriable() {
    return retriable;
  }
}
