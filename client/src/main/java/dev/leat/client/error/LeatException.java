package dev.leat.client.error;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Something failed. The message is one line: what happened, why, and what to do. Subclasses are
 * those that a program would treat in a way of its own.
 */
public class LeatException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final LeatErrorCode code;

  /** With a reason and one line for a person. */
  public LeatException(LeatErrorCode code, String message) {
    super(message);
    this.code = Objects.requireNonNull(code, "code");
  }

  /** With a reason, one line for a person, and what caused it. */
  public LeatException(LeatErrorCode code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = Objects.requireNonNull(code, "code");
  }

  /** Why it failed. */
  public LeatErrorCode code() {
    return code;
  }

  /** Whether the same call may succeed later. */
  public boolean isRetriable() {
    return code.isRetriable();
  }

  /** The exception of a reason: of the subclass that belongs to it. */
  public static LeatException of(LeatErrorCode code, String message, @Nullable Throwable cause) {
    return switch (code) {
      case UNKNOWN_TOPIC, UNKNOWN_PARTITION -> new UnknownTopicException(code, message, cause);
      case OFFSET_OUT_OF_RANGE -> new OffsetOutOfRangeException(message, cause);
      case CORRUPT_BATCH, CORRUPT_STORAGE -> new CorruptDataException(code, message, cause);
      case RECORD_TOO_LARGE -> new RecordTooLargeException(message, cause);
      case TIMEOUT -> new TimeoutException(message, cause);
      case UNAVAILABLE, LEADER_NOT_AVAILABLE -> new UnavailableException(code, message, cause);
      case PRODUCER_FENCED -> new ProducerFencedException(message, cause);
      case BUFFER_FULL -> new BufferFullException(message);
      case CLOSED -> new ClosedException(message);
      default -> new LeatException(code, message, cause);
    };
  }

  /** The exception of a reason. */
  public static LeatException of(LeatErrorCode code, String message) {
    return of(code, message, null);
  }
}
