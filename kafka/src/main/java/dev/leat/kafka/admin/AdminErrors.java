package dev.leat.kafka.admin;

import dev.leat.broker.runtime.RequestError;
import dev.leat.kafka.view.KafkaErrors;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;

/** Refusals of the topic admin as Kafka's errors. */
final class AdminErrors {
  private AdminErrors() {}

  static ApiError of(RequestError error) {
    Errors code =
        switch (error.code()) {
          case UNAVAILABLE -> Errors.REQUEST_TIMED_OUT;
          default -> KafkaErrors.of(error);
        };
    return new ApiError(code, error.message());
  }
}
