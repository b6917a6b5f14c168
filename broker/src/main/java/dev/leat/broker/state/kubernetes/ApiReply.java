package dev.leat.broker.state.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import dev.leat.broker.control.StoreOutcome;
import java.time.Duration;
import java.util.Optional;

/**
 * An answer of the Kubernetes API, or that there was none.
 *
 * @param code HTTP status, 0 if there was no answer
 * @param body text of the answer, or why there is none
 * @param retryAfter how long the server asks to be left alone; zero if it does not say
 */
record ApiReply(int code, String body, Duration retryAfter) {
  private static final int CONFLICT = 409;
  private static final int NOT_FOUND = 404;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int UNPROCESSABLE = 422;
  private static final int MAX_SHOWN = 300;

  static ApiReply none(String why) {
    return new ApiReply(0, why, Duration.ZERO);
  }

  boolean isOk() {
    return code >= 200 && code < 300;
  }

  boolean isNotFound() {
    return code == NOT_FOUND;
  }

  /** The outcome of an answer that is not {@link #isOk}. */
  <T> StoreOutcome<T> failure() {
    if (code == CONFLICT) {
      return reason().equals("AlreadyExists")
          ? new StoreOutcome.AlreadyExists<>()
          : new StoreOutcome.Conflict<>();
    } else if (code == NOT_FOUND) {
      return new StoreOutcome.NotFound<>();
    } else if (code == UNPROCESSABLE && message().contains("metadata.uid")) {
      return new StoreOutcome.Conflict<>();
    } else if (code == 0 || code >= 500 || code == TOO_MANY_REQUESTS) {
      String why = code == 0 ? body : "it answers " + code + ": " + message();
      return new StoreOutcome.Unreachable<>("the Kubernetes API: " + why, retryAfter);
    }
    return new StoreOutcome.Refused<>(message());
  }

  /** What the server says to people. */
  String message() {
    return status("message", body.substring(0, Math.min(body.length(), MAX_SHOWN)));
  }

  /** The uid of the object that the answer is, if it is one. */
  Optional<String> uid() {
    try {
      String uid = ResourceJson.parse(body).path("metadata").path("uid").asText();
      return uid.isEmpty() ? Optional.empty() : Optional.of(uid);
    } catch (ResourceJson.UnreadableException e) {
      return Optional.empty();
    }
  }

  private String reason() {
    return status("reason", "");
  }

  private String status(String field, String otherwise) {
    try {
      JsonNode value = ResourceJson.parse(body).get(field);
      return value == null || !value.isTextual() ? otherwise : value.asText();
    } catch (ResourceJson.UnreadableException e) {
      return otherwise;
    }
  }
}
