package dev.leat.kafka.transaction;

import java.util.concurrent.CompletionException;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Failures of the coordinator as clients get to see them. */
final class CoordinatorErrors {
  private static final Logger LOG = LoggerFactory.getLogger(CoordinatorErrors.class);

  private CoordinatorErrors() {}

  static Errors of(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return switch (Errors.forException(cause)) {
      // Of the log below, not of the client's topic.
      case UNKNOWN_TOPIC_OR_PARTITION, NOT_ENOUGH_REPLICAS, REQUEST_TIMED_OUT ->
          Errors.COORDINATOR_NOT_AVAILABLE;
      case NOT_LEADER_OR_FOLLOWER, KAFKA_STORAGE_ERROR -> Errors.NOT_COORDINATOR;
      case UNKNOWN_SERVER_ERROR -> {
        LOG.error("a request about transactions failed", cause);
        yield Errors.UNKNOWN_SERVER_ERROR;
      }
      case Errors other -> other;
    };
  }
}
