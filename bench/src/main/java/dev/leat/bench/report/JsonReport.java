package dev.leat.bench.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.leat.bench.figure.Figure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/** Results as one JSON object, with every sample. */
public final class JsonReport {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private JsonReport() {}

  /** The whole report. */
  public static String write(Conditions conditions, List<Figure> figures, Samples samples) {
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("conditions", conditions);
    report.put(
        "rows",
        figures.stream()
            .flatMap(figure -> figure.rows().stream())
            .map(row -> row(row, samples))
            .toList());
    try {
      return JSON.writeValueAsString(report);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a report cannot be written as JSON", e);
    }
  }

  private static Map<String, Object> row(Row row, Samples samples) {
    Verdict verdict = Verdict.of(row, samples);
    Target target = row.target();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", row.id());
    fields.put("label", row.label());
    fields.put("unit", row.unit().label());
    fields.put("samples", samples.of(row.id()));
    fields.put("usedByOthers", samples.disturbancesOf(row.id()));
    put(fields, "median", samples.median(row.id()));
    if (target != null && !target.text(row.unit()).isEmpty()) {
      fields.put("target", target.text(row.unit()));
      fields.put("outcome", verdict.outcome().name().toLowerCase(Locale.ROOT));
    }
    put(fields, "ratio", verdict.ratio());
    if (!samples.failuresOf(row.id()).isEmpty()) {
      fields.put("failures", samples.failuresOf(row.id()));
    }
    return fields;
  }

  private static void put(Map<String, Object> fields, String name, OptionalDouble value) {
    if (value.isPresent()) {
      fields.put(name, value.getAsDouble());
    }
  }
}
