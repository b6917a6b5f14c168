package dev.leat.broker.runtime;

import dev.leat.broker.runtime.view.GroupView;
import org.jspecify.annotations.Nullable;

/**
 * Why something asked of the broker is not done. A value, not an exception: refusals are ordinary.
 *
 * @param code what kind
 * @param message one line for a person: what happened, why, what to do
 * @param leadership with {@link Code#NOT_LEADER}: who leads, if known
 */
public record RequestError(Code code, String message, GroupView.@Nullable Leadership leadership) {

  /** Kinds of refusals. Each has its counterpart in {@code leat.v1.ErrorCode}. */
  public enum Code {
    /** No such topic. */
    UNKNOWN_TOPIC,
    /** No such partition. */
    UNKNOWN_PARTITION,
    /** Below the log start or above the end. */
    OFFSET_OUT_OF_RANGE,
    /** Malformed bytes. */
    CORRUPT_BATCH,
    /** Over the limit of the topic. */
    RECORD_TOO_LARGE,
    /** Not what the topic takes: without a key in a compacted topic. */
    INVALID_RECORD,
    /** Not a legal name. */
    INVALID_TOPIC_NAME,
    /** Exists already. */
    TOPIC_EXISTS,
    /** A field that is never valid. */
    INVALID_REQUEST,
    /** Another broker leads. */
    NOT_LEADER,
    /** Nobody leads, or the leader is not ready yet. */
    LEADER_NOT_AVAILABLE,
    /** No room on the disk. */
    DISK_FULL,
    /** A gap in an idempotent producer's sequence. */
    OUT_OF_ORDER_SEQUENCE,
    /** Nothing is known of the producer, and the batch is not its first. */
    UNKNOWN_PRODUCER,
    /** A newer epoch of the producer exists. */
    PRODUCER_FENCED,
    /** Records of a transaction that is not open in the partition, or of none while one is. */
    INVALID_TXN_STATE,
    /** A newer transaction coordinator is known. */
    COORDINATOR_FENCED,
    /** A limit of this broker is reached. */
    THROTTLED,
    /** Starting or stopping. */
    UNAVAILABLE,
    /** Stored bytes are damaged. */
    CORRUPT_STORAGE,
    /** The principal may not. */
    NOT_AUTHORIZED,
    /** A change that is not allowed. */
    INVALID_CHANGE,
    /** A number of replicas that is not possible. */
    INVALID_REPLICAS,
    /** Not done in time. */
    TIMEOUT,
    /** A defect. */
    INTERNAL,
    /** No such group. */
    UNKNOWN_GROUP,
    /** The group has members. */
    GROUP_NOT_EMPTY,
    /** The group has given the member up. */
    MEMBER_FENCED
  }

  /** A error without a leader to name. */
  public static RequestError of(Code code, String message) {
    return new RequestError(code, message, null);
  }

  /** No topic of this name. */
  public static RequestError unknownTopic(String topic) {
    return of(
        Code.UNKNOWN_TOPIC,
        "topic \"" + topic + "\" does not exist; create it: leat topic create " + topic);
  }

  /** No partition of this number. */
  public static RequestError unknownPartition(String topic, int partition, int partitions) {
    return of(
        Code.UNKNOWN_PARTITION,
        ("topic \"%s\" has no partition %d, only 0 to %d;"
                + " add some: leat topic alter %s --partitions N")
            .formatted(topic, partition, partitions - 1, topic));
  }

  /** An offset outside of what is stored. */
  public static RequestError offsetOutOfRange(LivePartition partition, long offset) {
    return of(
        Code.OFFSET_OUT_OF_RANGE,
        "offset %d of %s is not stored: it holds offsets %d to %d; read from earliest or latest"
            .formatted(offset, partition, partition.logStart(), partition.highWatermark()));
  }

  /** Another broker leads, or nobody. */
  public static RequestError notLeader(LivePartition partition) {
    GroupView.Leadership now = partition.group().leadership();
    if (partition.group().isLost()) {
      return lost(partition);
    }
    if (now.leader() == GroupView.NO_LEADER) {
      return of(
          Code.LEADER_NOT_AVAILABLE,
          partition + " has no leader now; one is being appointed: try again");
    }
    return new RequestError(
        Code.NOT_LEADER,
        "this broker does not lead %s, broker %d does (epoch %d): ask that one"
            .formatted(partition, now.leader(), now.epoch()),
        now);
  }

  /** UNCLEAN: a quorum of the replicas is gone, and only a person can say what to do. */
  static RequestError lost(LivePartition partition) {
    return of(
        Code.LEADER_NOT_AVAILABLE,
        ("%s has lost a quorum of its replicas (group %s): bring their brokers back, or give up"
                + " what only they had: leat cluster recover")
            .formatted(partition, partition.group().id()));
  }

  /**
   * A coordinator has confirmed a transaction, and the leader cannot tell yet whether the last
   * marker of its producer came before: that is so for a moment after the leader has changed.
   */
  public static RequestError transactionUnsettled(LivePartition partition) {
    return of(
        Code.UNAVAILABLE,
        partition + ": it is not settled yet which transaction is the newest here: try again");
  }

  /** The principal may not do this. */
  public static RequestError notAuthorized(
      Principal principal, Authorizer.Operation operation, String resource) {
    return of(
        Code.NOT_AUTHORIZED,
        "%s:%s may not %s %s: ask who grants access"
            .formatted(principal.type(), principal.name(), operation, resource));
  }
}
