package dev.leat.kafka.admin;

import dev.leat.crds.value.InvalidValueException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;

/** What one entry of IncrementalAlterConfigs makes of a value. */
final class ConfigChange {
  private ConfigChange() {}

  /**
   * The value afterwards; empty: the default.
   *
   * @param now value before; empty if there is none
   * @param isList whether the configuration is a list
   * @throws InvalidValueException if this cannot be done to it
   */
  static Optional<String> apply(AlterableConfig change, String now, boolean isList) {
    OpType operation = OpType.forId(change.configOperation());
    InvalidValueException.unless(
        operation != null, "Unknown operation type id " + change.configOperation());
    if (operation == OpType.DELETE) {
      return Optional.empty();
    }
    InvalidValueException.unless(
        change.value() != null, "Null value not supported for " + change.name());
    if (operation == OpType.SET) {
      return Optional.of(change.value());
    }
    InvalidValueException.unless(
        isList,
        "Can't %s to key %s because its type is not LIST.".formatted(operation, change.name()));
    List<String> values = new ArrayList<>(now.isEmpty() ? List.of() : split(now));
    if (operation == OpType.APPEND) {
      split(change.value()).stream().filter(one -> !values.contains(one)).forEach(values::add);
    } else {
      values.removeAll(split(change.value()));
    }
    return Optional.of(String.join(",", values));
  }

  private static List<String> split(String list) {
    return List.of(list.split("\\s*,\\s*"));
  }
}
