package dev.leat.crds.value;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes, written as Kubernetes writes quantities: {@code 10Gi}, {@code 1.5Gi}, {@code
 * 500M} or plain {@code 1048576}.
 *
 * @param bytes 0 or more
 */
public record ByteSize(long bytes) implements Comparable<ByteSize> {
  private static final Pattern FORM = Pattern.compile("(\\d{1,19}(?:\\.\\d{1,9})?)([A-Za-z]*)");
  private static final String ALLOWED =
      "allowed is a number of bytes with a unit Ki, Mi, Gi, Ti, k, M, G, T or none, as in 10Gi";
  private static final Map<String, Long> UNITS =
      Map.of(
          "", 1L,
          "k", 1_000L,
          "M", 1_000_000L,
          "G", 1_000_000_000L,
          "T", 1_000_000_000_000L,
          "Ki", 1L << 10,
          "Mi", 1L << 20,
          "Gi", 1L << 30,
          "Ti", 1L << 40);

  private static final List<String> BINARY_UNITS = List.of("", "Ki", "Mi", "Gi", "Ti");

  /** Checks the range. */
  public ByteSize {
    InvalidValueException.unless(bytes >= 0, "is negative; " + ALLOWED);
  }

  /** Reads a size; throws {@link InvalidValueException} if {@code text} is none. */
  public static ByteSize parse(String text) {
    Matcher form = FORM.matcher(text);
    Long unit = form.matches() ? UNITS.get(form.group(2)) : null;
    if (unit == null) {
      throw new InvalidValueException("'" + text + "' is no size; " + ALLOWED);
    }
    try {
      BigDecimal exact = new BigDecimal(form.group(1)).multiply(BigDecimal.valueOf(unit));
      return new ByteSize(exact.longValueExact());
    } catch (ArithmeticException e) {
      throw new InvalidValueException(
          "'" + text + "' is no whole number of bytes below 8Ei; " + ALLOWED);
    }
  }

  @Override
  public int compareTo(ByteSize other) {
    return Long.compare(bytes, other.bytes);
  }

  /** The shortest exact form in binary units. */
  @Override
  public String toString() {
    int power = 0;
    long value = bytes;
    while (power < BINARY_UNITS.size() - 1 && value != 0 && value % 1024 == 0) {
      value /= 1024;
      power++;
    }
    return value + BINARY_UNITS.get(power);
  }
}
