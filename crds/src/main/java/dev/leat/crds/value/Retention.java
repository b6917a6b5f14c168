package dev.leat.crds.value;

import java.util.Optional;

/**
 * How long and how much of a partition is kept: what exceeds either limit may go.
 *
 * @param time age of a record, by its timestamp; empty: for ever
 * @param size bytes of each partition; empty: any amount
 */
public record Retention(Optional<Span> time, Optional<ByteSize> size) {
  /** How "no limit" is written. */
  public static final String UNLIMITED = "unlimited";

  /** Seven days, of any size. */
  public static final Retention DEFAULT =
      new Retention(Optional.of(Span.parse("7d")), Optional.empty());

  /** Reads a time; empty for {@code unlimited}. */
  public static Optional<Span> parseTime(String text) {
    return text.equals(UNLIMITED) ? Optional.empty() : Optional.of(parseOr(text, Span::parse));
  }

  /** Reads a size; empty for {@code unlimited}. */
  public static Optional<ByteSize> parseSize(String text) {
    return text.equals(UNLIMITED) ? Optional.empty() : Optional.of(parseOr(text, ByteSize::parse));
  }

  private static <T> T parseOr(String text, java.util.function.Function<String, T> parser) {
    try {
      return parser.apply(text);
    } catch (InvalidValueException e) {
      throw new InvalidValueException(e.problem() + ", or unlimited");
    }
  }

  /** As {@link #parseTime} reads it. */
  public String timeText() {
    return time.map(Span::toString).orElse(UNLIMITED);
  }

  /** As {@link #parseSize} reads it. */
  public String sizeText() {
    return size.map(ByteSize::toString).orElse(UNLIMITED);
  }

  /** Time limit in milliseconds, -1 if there is none. */
  public long timeMs() {
    return time.map(Span::millis).orElse(-1L);
  }

  /** Size limit in bytes, -1 if there is none. */
  public long sizeBytes() {
    return size.map(ByteSize::bytes).orElse(-1L);
  }
}
