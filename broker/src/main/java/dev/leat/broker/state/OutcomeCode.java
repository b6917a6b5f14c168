package dev.leat.broker.state;

import dev.leat.broker.control.StoreOutcome;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/** Outcomes of a store as statuses of HTTP; the body of all but {@code OK} is one line of text. */
enum OutcomeCode {
  /** {@link StoreOutcome.Ok}: the body is the answer. */
  OK(200),
  /** {@link StoreOutcome.NotFound}. */
  NOT_FOUND(404),
  /** {@link StoreOutcome.AlreadyExists}. */
  ALREADY_EXISTS(409),
  /** {@link StoreOutcome.Conflict}. */
  CONFLICT(412),
  /** {@link StoreOutcome.Refused}. */
  REFUSED(422),
  /** {@link StoreOutcome.Unreachable}. */
  UNREACHABLE(503);

  final int status;

  OutcomeCode(int status) {
    this.status = status;
  }

  static OutcomeCode of(StoreOutcome<?> outcome) {
    return switch (outcome) {
      case StoreOutcome.Ok<?> ok -> OK;
      case StoreOutcome.NotFound<?> gone -> NOT_FOUND;
      case StoreOutcome.AlreadyExists<?> exists -> ALREADY_EXISTS;
      case StoreOutcome.Conflict<?> conflict -> CONFLICT;
      case StoreOutcome.Refused<?> refused -> REFUSED;
      case StoreOutcome.Unreachable<?> unreachable -> UNREACHABLE;
    };
  }

  static Optional<OutcomeCode> ofStatus(int status) {
    return Arrays.stream(values()).filter(code -> code.status == status).findFirst();
  }

  /** What the body says beside the status. */
  static String textOf(StoreOutcome<?> outcome) {
    return switch (outcome) {
      case StoreOutcome.Refused<?>(String reason) -> reason;
      case StoreOutcome.Unreachable<?> unreachable -> unreachable.reason();
      default -> "";
    };
  }

  /** The outcome again, of any code but {@code OK}. */
  <T> StoreOutcome<T> outcome(String text) {
    return switch (this) {
      case OK -> throw new IllegalArgumentException("an answer is needed");
      case NOT_FOUND -> new StoreOutcome.NotFound<>();
      case ALREADY_EXISTS -> new StoreOutcome.AlreadyExists<>();
      case CONFLICT -> new StoreOutcome.Conflict<>();
      case REFUSED -> new StoreOutcome.Refused<>(text);
      case UNREACHABLE -> new StoreOutcome.Unreachable<>(text, Duration.ZERO);
    };
  }
}
