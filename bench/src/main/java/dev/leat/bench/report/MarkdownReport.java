package dev.leat.bench.report;

import dev.leat.bench.figure.Figure;
import dev.leat.bench.lab.Machine;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Results as one Markdown table, with the conditions above and failures below. */
public final class MarkdownReport {
  private static final double BYTES_PER_GIB = 1 << 30;

  private static final String LEGEND =
      """

      Ratio: Leat ÷ this row; journal ÷ disk; 10,000 partitions ÷ 64 partitions. \
      MB = 10⁶ bytes of record values.
      """;

  private MarkdownReport() {}

  /** The whole report. */
  public static String write(Conditions conditions, List<Figure> figures, Samples samples) {
    StringBuilder text = new StringBuilder(conditions(conditions, samples.disturbances()));
    text.append(
        "\n| what | median | min – max | ratio | target | |\n|---|---:|---:|---:|---|---|\n");
    for (Figure figure : figures) {
      text.append("| **%s** | | | | | |\n".formatted(figure.title()));
      for (Row row : figure.rows()) {
        text.append(line(row, samples));
      }
    }
    text.append(LEGEND);
    Set<String> told = new HashSet<>();
    for (Row row : figures.stream().flatMap(figure -> figure.rows().stream()).toList()) {
      samples.failuresOf(row.id()).stream()
          .filter(told::add)
          .forEach(failure -> text.append("\nFailed: %s: %s\n".formatted(row.label(), failure)));
    }
    return text.toString();
  }

  private static String conditions(Conditions conditions, List<Double> disturbances) {
    Machine machine = conditions.machine();
    return String.format(
        Locale.ROOT,
        """
        %s · %d cores (%s) · %.0f GiB RAM · %s · %s · disk: %,.0f MB/s overwriting, %,.0f MB/s \
        appending 1 MiB blocks with fdatasync each · Java %s
        %s · %d rounds of %d s · others used %.0f %% of the processors while \
        measuring (median; at most %.0f %%)
        """,
        conditions.date(),
        machine.cores(),
        machine.cpu(),
        machine.memoryBytes() / BYTES_PER_GIB,
        machine.kernel(),
        machine.fileSystem(),
        conditions.diskOverwriteMb(),
        conditions.diskAppendMb(),
        machine.java(),
        conditions.versions().entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(version -> version.getKey() + " " + version.getValue())
            .collect(Collectors.joining(" · ")),
        conditions.rounds(),
        conditions.measuredSeconds(),
        disturbances.isEmpty() ? 0 : disturbances.get(disturbances.size() / 2) * 100,
        disturbances.isEmpty() ? 0 : disturbances.getLast() * 100);
  }

  private static String line(Row row, Samples samples) {
    Verdict verdict = Verdict.of(row, samples);
    Target target = row.target();
    return String.format(
        Locale.ROOT,
        "| %s | %s | %s | %s | %s | %s |\n",
        row.label(),
        median(row, samples),
        range(row, samples),
        verdict.ratio().isPresent() ? "%.2f×".formatted(verdict.ratio().getAsDouble()) : "",
        target == null ? "" : target.text(row.unit()),
        switch (verdict.outcome()) {
          case REACHED -> "reached";
          case MISSED -> "**missed**";
          case OPEN -> "not measured";
          case NONE -> "";
        });
  }

  private static String median(Row row, Samples samples) {
    if (samples.of(row.id()).isEmpty()) {
      return samples.failuresOf(row.id()).isEmpty() ? "" : "failed";
    }
    double value = Verdict.representative(row, samples).orElseThrow();
    return (row.unit().format(value) + " " + row.unit().label()).strip();
  }

  private static String range(Row row, Samples samples) {
    List<Double> all = samples.of(row.id()).stream().sorted().toList();
    return all.size() < 2 || row.unit() == Unit.PASSED
        ? ""
        : row.unit().format(all.getFirst()) + " – " + row.unit().format(all.getLast());
  }
}
