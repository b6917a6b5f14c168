package dev.leat.client.internal.net;

import dev.leat.client.error.LeatErrorCode;
import dev.leat.client.error.LeatException;
import dev.leat.v1.Error;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What brokers and gRPC say of failures, in the words of this client. */
public final class Failures {

  private static final Metadata.Key<String> CODE =
      Metadata.Key.of("leat-error", Metadata.ASCII_STRING_MARSHALLER);
  private static final String PREFIX = "ERROR_CODE_";
  private static final Map<String, LeatErrorCode> BY_NAME =
      Arrays.stream(LeatErrorCode.values())
          .collect(Collectors.toUnmodifiableMap(LeatErrorCode::name, Function.identity()));

  private Failures() {}

  /** The reason that an error of one partition gives. */
  public static LeatErrorCode codeOf(Error error) {
    return named(error.getCode().name()).orElse(LeatErrorCode.INTERNAL);
  }

  /** An error of one partition. */
  public static LeatException of(Error error) {
    return LeatException.of(codeOf(error), error.getMessage());
  }

  /** A failed call. */
  public static LeatException of(StatusRuntimeException e, String broker) {
    return of(e.getStatus(), e.getTrailers(), broker);
  }

  /**
   * A failed call.
   *
   * @param broker address of the broker that was called
   */
  public static LeatException of(Status status, @Nullable Metadata trailers, String broker) {
    String name = trailers == null ? null : trailers.get(CODE);
    Optional<LeatErrorCode> said = name == null ? Optional.empty() : named(name);
    String description = String.valueOf(status.getDescription());
    if (said.isPresent()) {
      return LeatException.of(said.get(), description, status.getCause());
    }
    LeatErrorCode code = codeOf(status.getCode());
    return LeatException.of(code, message(code, broker, description), status.getCause());
  }

  private static String message(LeatErrorCode code, String broker, String description) {
    String what = code == LeatErrorCode.UNAVAILABLE ? "cannot reach" : "failed call to";
    String advice =
        code == LeatErrorCode.UNAVAILABLE ? ": is it running, and is the address right?" : "";
    return what
        + " broker "
        + broker
        + " ("
        + description.lines().findFirst().orElse("")
        + ")"
        + advice;
  }

  private static Optional<LeatErrorCode> named(String name) {
    String bare = name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
    return Optional.ofNullable(BY_NAME.get(bare));
  }

  private static LeatErrorCode codeOf(Status.Code status) {
    return switch (status) {
      case UNAVAILABLE, CANCELLED, ABORTED, UNKNOWN -> LeatErrorCode.UNAVAILABLE;
      case DEADLINE_EXCEEDED -> LeatErrorCode.TIMEOUT;
      case RESOURCE_EXHAUSTED -> LeatErrorCode.THROTTLED;
      case PERMISSION_DENIED, UNAUTHENTICATED -> LeatErrorCode.NOT_AUTHORIZED;
      case INVALID_ARGUMENT, UNIMPLEMENTED, FAILED_PRECONDITION, OUT_OF_RANGE ->
          LeatErrorCode.INVALID_REQUEST;
      case NOT_FOUND -> LeatErrorCode.UNKNOWN_TOPIC;
      case ALREADY_EXISTS -> LeatErrorCode.TOPIC_EXISTS;
      case DATA_LOSS -> LeatErrorCode.CORRUPT_STORAGE;
      case OK, INTERNAL -> LeatErrorCode.INTERNAL;
    };
  }
}
