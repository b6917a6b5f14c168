package dev.leat.kafka.view;

import dev.leat.broker.runtime.RequestError;
import org.apache.kafka.common.protocol.Errors;

/** Refusals of the broker as Kafka's error codes. */
public final class KafkaErrors {
  private KafkaErrors() {}

  /** The code of a refusal, where records are written or read. */
  public static Errors of(RequestError error) {
    return switch (error.code()) {
      case UNKNOWN_TOPIC, UNKNOWN_PARTITION -> Errors.UNKNOWN_TOPIC_OR_PARTITION;
      case OFFSET_OUT_OF_RANGE -> Errors.OFFSET_OUT_OF_RANGE;
      case CORRUPT_BATCH, CORRUPT_STORAGE -> Errors.CORRUPT_MESSAGE;
      case RECORD_TOO_LARGE -> Errors.MESSAGE_TOO_LARGE;
      case INVALID_RECORD -> Errors.INVALID_RECORD;
      case INVALID_TOPIC_NAME -> Errors.INVALID_TOPIC_EXCEPTION;
      case TOPIC_EXISTS -> Errors.TOPIC_ALREADY_EXISTS;
      case INVALID_REQUEST -> Errors.INVALID_REQUEST;
      // Kafka's clients ask for metadata again and retry; LEADER_NOT_AVAILABLE is for metadata.
      case NOT_LEADER, LEADER_NOT_AVAILABLE -> Errors.NOT_LEADER_OR_FOLLOWER;
      case DISK_FULL -> Errors.KAFKA_STORAGE_ERROR;
      case OUT_OF_ORDER_SEQUENCE -> Errors.OUT_OF_ORDER_SEQUENCE_NUMBER;
      case UNKNOWN_PRODUCER -> Errors.UNKNOWN_PRODUCER_ID;
      case PRODUCER_FENCED -> Errors.INVALID_PRODUCER_EPOCH;
      case INVALID_TXN_STATE -> Errors.INVALID_TXN_STATE;
      case COORDINATOR_FENCED -> Errors.TRANSACTION_COORDINATOR_FENCED;
      case THROTTLED -> Errors.THROTTLING_QUOTA_EXCEEDED;
      // Retriable, and true: without contact to a quorum nothing can be acknowledged.
      case UNAVAILABLE -> Errors.NOT_ENOUGH_REPLICAS;
      case NOT_AUTHORIZED -> Errors.TOPIC_AUTHORIZATION_FAILED;
      case INVALID_CHANGE -> Errors.INVALID_REQUEST;
      case INVALID_REPLICAS -> Errors.INVALID_REPLICATION_FACTOR;
      case TIMEOUT -> Errors.REQUEST_TIMED_OUT;
      case UNKNOWN_GROUP -> Errors.GROUP_ID_NOT_FOUND;
      case GROUP_NOT_EMPTY -> Errors.NON_EMPTY_GROUP;
      case MEMBER_FENCED -> Errors.FENCED_MEMBER_EPOCH;
      case INTERNAL -> Errors.UNKNOWN_SERVER_ERROR;
    };
  }
}
