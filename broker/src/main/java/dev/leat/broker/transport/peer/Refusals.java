package dev.leat.broker.transport.peer;

import dev.leat.broker.log.disk.Verdict;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Optional;

/** How a refused hello is answered: FAILED_PRECONDITION, the line for people, and the reason. */
final class Refusals {
  private static final Metadata.Key<String> REASON =
      Metadata.Key.of("leat-peer-refusal", Metadata.ASCII_STRING_MARSHALLER);

  private Refusals() {}

  static StatusRuntimeException status(Verdict.Refused refused) {
    Metadata trailers = new Metadata();
    trailers.put(REASON, refused.reason().name());
    return Status.FAILED_PRECONDITION
        .withDescription(refused.message())
        .asRuntimeException(trailers);
  }

  /** The refusal that a failed call stands for, if it does. */
  static Optional<Verdict.Refused> of(Throwable failure) {
    Metadata trailers = Status.trailersFromThrowable(failure);
    String reason = trailers == null ? null : trailers.get(REASON);
    if (reason == null) {
      return Optional.empty();
    }
    for (Verdict.Refusal known : Verdict.Refusal.values()) {
      if (known.name().equals(reason)) {
        String message = Status.fromThrowable(failure).getDescription();
        return Optional.of(new Verdict.Refused(known, message == null ? reason : message));
      }
    }
    return Optional.empty();
  }
}
