package dev.leat.crds.yaml;

import dev.leat.crds.Condition;
import dev.leat.crds.value.InvalidValueException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads {@code status.conditions}. */
final class ConditionsReader {
  private ConditionsReader() {}

  static List<Condition> read(Fields status) {
    List<Condition> conditions = new ArrayList<>();
    for (Fields item : status.list("conditions")) {
      conditions.add(
          new Condition(
              item.required("type", item.text("type")).orElse(""),
              item.required("status", item.text("status", ConditionsReader::status))
                  .orElse(Condition.Status.UNKNOWN),
              item.longInteger("observedGeneration").orElse(0L),
              item.time("lastTransitionTime").orElse(Instant.EPOCH),
              item.text("reason").orElse(""),
              item.text("message").orElse("")));
      item.finish();
    }
    return conditions;
  }

  private static Condition.Status status(String text) {
    return Arrays.stream(Condition.Status.values())
        .filter(status -> status.text().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidValueException(
                    "'" + text + "' is unknown; allowed is True or False or Unknown"));
  }
}
