package dev.leat.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** How long producers had to wait in each story, beside what they wait when nothing happens. */
final class Gaps {
  /** Name of the story in which nothing happens. */
  static final String UNDISTURBED = "undisturbed";

  private static final List<Row> ROWS = new ArrayList<>();

  private record Row(String story, long acknowledged, long readable, JsonNode latencyMs) {
    double ms(String percentile) {
      return latencyMs.path(percentile).asDouble();
    }
  }

  private Gaps() {}

  /** What a load said at its end, and how many of its records can be read. */
  static void note(String story, JsonNode load, long readable) {
    ROWS.add(new Row(story, load.path("records").asLong(), readable, load.path("latencyMs")));
  }

  /** All of them so far, one line each. */
  static List<String> table() {
    double calm =
        ROWS.stream()
            .filter(row -> row.story().equals(UNDISTURBED))
            .mapToDouble(row -> row.ms("max"))
            .findFirst()
            .orElse(0);
    List<String> lines = new ArrayList<>();
    lines.add(
        "%-58s %8s %8s %9s %9s %9s %9s"
            .formatted("under load", "acked", "readable", "p50 ms", "p99 ms", "max ms", "beyond"));
    for (Row row : ROWS) {
      lines.add(
          "%-58s %8d %8d %9.1f %9.1f %9.1f %9.1f"
              .formatted(
                  row.story(),
                  row.acknowledged(),
                  row.readable(),
                  row.ms("p50"),
                  row.ms("p99"),
                  row.ms("max"),
                  row.ms("max") - calm));
    }
    return lines;
  }
}
