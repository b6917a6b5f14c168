package dev.leat.crds.value;

import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A length of time, written with a unit: {@code 7d}, {@code 12h}, {@code 1h30m}, {@code 500ms}.
 *
 * @param millis milliseconds, 0 or more
 */
public record Span(long millis) implements Comparable<Span> {
  private record Unit(String name, long millis) {}

  private static final List<Unit> UNITS =
      List.of(
          new Unit("w", 7 * 86_400_000L),
          new Unit("d", 86_400_000L),
          new Unit("h", 3_600_000L),
          new Unit("m", 60_000L),
          new Unit("s", 1_000L),
          new Unit("ms", 1L));

  private static final Pattern FORM =
      Pattern.compile(
          "(?:(\\d{1,18})w)?(?:(\\d{1,18})d)?(?:(\\d{1,18})h)?"
              + "(?:(\\d{1,18})m)?(?:(\\d{1,18})s)?(?:(\\d{1,18})ms)?");
  private static final String ALLOWED =
      "allowed is a number with a unit w, d, h, m, s or ms, as in 7d or 1h30m";

  /** Checks the range. */
  public Span {
    InvalidValueException.unless(millis >= 0, "is negative; " + ALLOWED);
  }

  /** Reads a span; throws {@link InvalidValueException} if {@code text} is none. */
  public static Span parse(String text) {
    Matcher form = FORM.matcher(text);
    InvalidValueException.unless(
        !text.isEmpty() && form.matches(), "'" + text + "' is no length of time; " + ALLOWED);
    try {
      long millis = 0;
      for (int i = 0; i < UNITS.size(); i++) {
        String count = form.group(i + 1);
        if (count != null) {
          long part = Math.multiplyExact(Long.parseLong(count), UNITS.get(i).millis());
          millis = Math.addExact(millis, part);
        }
      }
      return new Span(millis);
    } catch (ArithmeticException e) {
      throw new InvalidValueException("'" + text + "' is too long; " + ALLOWED);
    }
  }

  /** The span of {@code duration}, less what is below a millisecond. */
  public static Span of(Duration duration) {
    return new Span(duration.toMillis());
  }

  /** The same as a duration. */
  public Duration toDuration() {
    return Duration.ofMillis(millis);
  }

  @Override
  public int compareTo(Span other) {
    return Long.compare(millis, other.millis);
  }

  /** One number, in the largest unit (up to days) that is exact. */
  @Override
  public String toString() {
    if (millis == 0) {
      return "0s";
    }
    for (Unit unit : UNITS.subList(1, UNITS.size())) {
      if (millis % unit.millis() == 0) {
        return millis / unit.millis() + unit.name();
      }
    }
    throw new AssertionError("the last unit divides everything");
  }
}
