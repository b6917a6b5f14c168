package dev.leat.broker.transport;

import dev.leat.broker.runtime.RequestError;
import dev.leat.broker.runtime.view.BrokerView;
import dev.leat.broker.runtime.view.GroupView;
import dev.leat.broker.runtime.view.MetadataFeed;
import dev.leat.v1.BrokerAddress;
import dev.leat.v1.Error;
import dev.leat.v1.ErrorCode;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Refusals as {@code leat.v1} shows them: an Error in a response, or the status of a failed call.
 */
public final class Errors {
  /** Carries the name of the ErrorCode with a failed call. */
  static final Metadata.Key<String> CODE =
      Metadata.Key.of("leat-error", Metadata.ASCII_STRING_MARSHALLER);

  private final IntFunction<@Nullable BrokerAddress> addresses;

  /**
   * Makes errors.
   *
   * @param addresses where a broker listens, or null if that is not known
   */
  Errors(IntFunction<@Nullable BrokerAddress> addresses) {
    this.addresses = addresses;
  }

  /** Errors that name a leader's address as the metadata have it. */
  public static Errors withAddresses(MetadataFeed feed) {
    return new Errors(
        id -> {
          BrokerView broker = feed.current().brokers().get(id);
          return broker == null ? null : MetadataChanges.address(broker);
        });
  }

  /** An error of one partition. */
  Error of(RequestError error) {
    Error.Builder answer = Error.newBuilder().setCode(code(error)).setMessage(error.message());
    GroupView.Leadership leadership = error.leadership();
    if (leadership != null) {
      answer.setLeaderEpoch(leadership.epoch());
      BrokerAddress address = addresses.apply(leadership.leader());
      if (address != null) {
        answer.setLeader(address);
      }
    }
    return answer.build();
  }

  /** An error of a whole call. */
  static StatusRuntimeException status(RequestError error) {
    Metadata trailers = new Metadata();
    trailers.put(CODE, code(error).name());
    return statusOf(error.code()).withDescription(error.message()).asRuntimeException(trailers);
  }

  /** Any failure of a whole call: a defect unless it is a status already. */
  static StatusRuntimeException asStatus(Throwable cause) {
    if (cause instanceof StatusRuntimeException status) {
      return status;
    }
    return status(
        RequestError.of(
            RequestError.Code.INTERNAL,
            "a defect of the broker: %s; see its log, and report it".formatted(cause)));
  }

  private static ErrorCode code(RequestError error) {
    return ErrorCode.valueOf("ERROR_CODE_" + error.code().name());
  }

  private static Status statusOf(RequestError.Code code) {
    return switch (code) {
      case UNKNOWN_TOPIC, UNKNOWN_PARTITION, UNKNOWN_GROUP -> Status.NOT_FOUND;
      case TOPIC_EXISTS -> Status.ALREADY_EXISTS;
      case OFFSET_OUT_OF_RANGE -> Status.OUT_OF_RANGE;
      case INVALID_TOPIC_NAME,
          INVALID_REQUEST,
          INVALID_REPLICAS,
          INVALID_RECORD,
          CORRUPT_BATCH,
          RECORD_TOO_LARGE ->
          Status.INVALID_ARGUMENT;
      case INVALID_CHANGE,
          OUT_OF_ORDER_SEQUENCE,
          UNKNOWN_PRODUCER,
          PRODUCER_FENCED,
          INVALID_TXN_STATE,
          COORDINATOR_FENCED,
          NOT_LEADER,
          GROUP_NOT_EMPTY,
          MEMBER_FENCED ->
          Status.FAILED_PRECONDITION;
      case DISK_FULL, THROTTLED -> Status.RESOURCE_EXHAUSTED;
      case LEADER_NOT_AVAILABLE, UNAVAILABLE -> Status.UNAVAILABLE;
      case CORRUPT_STORAGE -> Status.DATA_LOSS;
      case NOT_AUTHORIZED -> Status.PERMISSION_DENIED;
      case TIMEOUT -> Status.DEADLINE_EXCEEDED;
      case INTERNAL -> Status.INTERNAL;
    };
  }
}
