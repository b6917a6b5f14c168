package dev.leat.crds.schema;

import dev.leat.crds.value.Choice;
import dev.leat.crds.value.ObjectNames;
import java.util.Arrays;
import java.util.List;

/** Schemas that several resources share. */
final class CommonSchemas {
  /** What {@link dev.leat.crds.value.ByteSize} reads. */
  static final String SIZE = "\\d{1,15}(\\.\\d{1,9})?(Ki|Mi|Gi|Ti|k|M|G|T)?";

  /** What {@link dev.leat.crds.value.Span} reads. */
  static final String SPAN =
      "(\\d{1,8}w)?(\\d{1,8}d)?(\\d{1,8}h)?(\\d{1,10}m)?(\\d{1,12}s)?(\\d{1,15}ms)?";

  /** Kubernetes' quantities, as far as they say how much processor or memory a pod gets. */
  static final String QUANTITY = "^\\d{1,15}(\\.\\d{1,9})?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$";

  static final String NAMESPACE = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";

  private static final int MAX_CONDITIONS = 20;
  private static final int MAX_MESSAGE = 32_768;
  private static final int MAX_REASON = 1_024;
  private static final int MAX_CONDITION_TYPE = 316;

  private CommonSchemas() {}

  static List<String> words(Choice[] values) {
    return Arrays.stream(values).map(Choice::text).toList();
  }

  static Schema choice(Choice[] values) {
    return Schema.text().oneOf(words(values));
  }

  static Schema objectName() {
    return Schema.text().maxLength(ObjectNames.MAX_NAME_LENGTH);
  }

  static Schema conditions() {
    Schema condition =
        Schema.object()
            .required("type", "status", "lastTransitionTime", "reason")
            .property("type", Schema.text().maxLength(MAX_CONDITION_TYPE))
            // No enum: many YAML parsers take True for a truth value.
            .property("status", Schema.text().pattern("^(True|False|Unknown)$"))
            .property("observedGeneration", Schema.integer())
            .property("lastTransitionTime", Schema.text().format("date-time"))
            .property("reason", Schema.text().maxLength(MAX_REASON))
            .property("message", Schema.text().maxLength(MAX_MESSAGE));
    return Schema.list(condition, MAX_CONDITIONS)
        .keyedBy("type")
        .describe("Statements about the resource, one of each type.");
  }
}
