package dev.leat.kafka.coordinator.nativeapi;

import dev.leat.broker.runtime.Answer;
import dev.leat.broker.runtime.RequestError;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.protocol.Errors;

/** What Kafka's coordinators answer, as the broker's own refusals. */
final class CoordinatorErrors {
  private static final Set<Errors> LOADING =
      EnumSet.of(
          Errors.COORDINATOR_LOAD_IN_PROGRESS,
          Errors.COORDINATOR_NOT_AVAILABLE,
          Errors.UNSTABLE_OFFSET_COMMIT,
          Errors.CONCURRENT_TRANSACTIONS);

  private CoordinatorErrors() {}

  /** Whether the same call may succeed in a moment. */
  static boolean isLoading(Errors error) {
    return LOADING.contains(error);
  }

  static <T> Answer<T> refused(String group, Errors error, String detail) {
    return Answer.refused(
        code(error),
        "group \"%s\": %s".formatted(group, detail.isEmpty() ? error.message() : detail));
  }

  static <T> Answer<T> refused(String group, Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return refused(group, Errors.forException(cause), String.valueOf(cause.getMessage()));
  }

  private static RequestError.Code code(Errors error) {
    return switch (error) {
      case GROUP_ID_NOT_FOUND -> RequestError.Code.UNKNOWN_GROUP;
      case NON_EMPTY_GROUP -> RequestError.Code.GROUP_NOT_EMPTY;
      case UNKNOWN_MEMBER_ID,
          FENCED_MEMBER_EPOCH,
          STALE_MEMBER_EPOCH,
          ILLEGAL_GENERATION,
          FENCED_INSTANCE_ID,
          UNRELEASED_INSTANCE_ID ->
          RequestError.Code.MEMBER_FENCED;
      case NOT_COORDINATOR -> RequestError.Code.NOT_LEADER;
      case COORDINATOR_LOAD_IN_PROGRESS,
          COORDINATOR_NOT_AVAILABLE,
          REQUEST_TIMED_OUT,
          UNSTABLE_OFFSET_COMMIT,
          CONCURRENT_TRANSACTIONS ->
          RequestError.Code.UNAVAILABLE;
      case PRODUCER_FENCED, INVALID_PRODUCER_EPOCH, INVALID_PRODUCER_ID_MAPPING ->
          RequestError.Code.PRODUCER_FENCED;
      case INVALID_TXN_STATE, TRANSACTION_ABORTABLE -> RequestError.Code.INVALID_TXN_STATE;
      case UNKNOWN_TOPIC_OR_PARTITION, UNKNOWN_TOPIC_ID -> RequestError.Code.UNKNOWN_TOPIC;
      case INVALID_GROUP_ID,
          INVALID_REQUEST,
          UNSUPPORTED_ASSIGNOR,
          INCONSISTENT_GROUP_PROTOCOL,
          OFFSET_METADATA_TOO_LARGE,
          INVALID_COMMIT_OFFSET_SIZE,
          GROUP_MAX_SIZE_REACHED ->
          RequestError.Code.INVALID_REQUEST;
      default -> RequestError.Code.INTERNAL;
    };
  }
}
