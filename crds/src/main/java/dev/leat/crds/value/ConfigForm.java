package dev.leat.crds.value;

import java.util.Arrays;
import java.util.function.Predicate;

/**
 * What the value of a topic configuration may look like.
 *
 * @param accepted whether a text is such a value
 * @param allowed the same in words, after "allowed is"
 * @param rule the same in CEL, with %s for the text
 */
record ConfigForm(Predicate<String> accepted, String allowed, String rule) {
  static final String MAX_LONG = "9223372036854775807";

  /** A whole number within a range, both ends included. */
  static ConfigForm number(long min, long max) {
    return new ConfigForm(
        text -> isWholeNumber(text, min, max),
        max == Long.MAX_VALUE
            ? "a whole number from " + min
            : "a whole number from " + min + " to " + max,
        numberRule(min, max));
  }

  /** A number from 0 to 1. */
  static ConfigForm ratio() {
    return new ConfigForm(
        text -> text.matches("0|1|0?\\.\\d{1,9}|[01]\\.0{1,9}|0\\.\\d{1,9}"),
        "a number from 0 to 1",
        "%s.matches('^(0|1|0?\\\\.[0-9]{1,9}|[01]\\\\.0{1,9})$')");
  }

  /** One of these words. */
  static ConfigForm word(String... words) {
    return new ConfigForm(
        text -> Arrays.asList(words).contains(text),
        String.join(" or ", words),
        "%s in ['" + String.join("', '", words) + "']");
  }

  // 19 digits may be too large a number: CEL's int() would fail, which is a refusal too.
  private static String numberRule(long min, long max) {
    String number = "%s.matches('^[0-9]{1,19}$') && int(%s) >= " + min;
    return "(" + number + (max == Long.MAX_VALUE ? "" : " && int(%s) <= " + max) + ")";
  }

  boolean accepts(String text) {
    return accepted.test(text);
  }

  private static boolean isWholeNumber(String text, long min, long max) {
    if (!text.matches("-?\\d{1,19}")) {
      return false;
    }
    try {
      long value = Long.parseLong(text);
      return value >= min && value <= max;
    } catch (NumberFormatException e) {
      return false;
    }
  }
}
