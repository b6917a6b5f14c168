package dev.leat.crds.value;

import java.util.Arrays;
import java.util.stream.Collectors;

/** A field value out of a fixed set of words. */
public interface Choice {
  /** The word in the YAML. */
  String text();

  /** Reads one of {@code values}; throws {@link InvalidValueException} that lists them. */
  static <C extends Choice> C parse(C[] values, String text) {
    return Arrays.stream(values)
        .filter(value -> value.text().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidValueException(
                    "'"
                        + text
                        + "' is unknown; allowed is "
                        + Arrays.stream(values)
                            .map(Choice::text)
                            .collect(Collectors.joining(" or "))));
  }
}
