package dev.leat.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.bench.figure.Contestant;
import dev.leat.bench.figure.Figure;
import dev.leat.bench.lab.Machine;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MarkdownReportTest {
  private static final Row LEAT = Row.plain("leat", "Leat", Unit.MB_PER_SECOND);
  private static final Row KAFKA =
      new Row("kafka", "Kafka", Unit.MB_PER_SECOND, new Target.TimesAtLeast("leat", 3));
  private static final List<Figure> FIGURES =
      List.of(
          new Figure(
              "produce",
              "Produce",
              List.of(new Contestant("x", List.of(LEAT, KAFKA), l -> Map.of()))));

  @Test
  void shouldShowMedianRangeRatioAndOutcome() {
    Samples samples = new Samples();
    samples.add("leat", 300, 0.1);
    samples.add("kafka", 50, 0.1);
    samples.add("kafka", 100, 0.4);
    samples.add("kafka", 120, 0.2);

    String report = MarkdownReport.write(conditions(), FIGURES, samples);

    assertThat(report)
        .contains("| Leat | 300.0 MB/s |  |  |  |  |\n")
        .contains("| Kafka | 100.0 MB/s | 50.0 – 120.0 | 3.00× | ≥ 3× | reached |\n")
        .contains("(median; at most 40 %)");
  }

  @Test
  void shouldTellEachFailureOnce() {
    Samples samples = new Samples();
    samples.addFailure("leat", "no java");
    samples.addFailure("kafka", "no java");

    String report = MarkdownReport.write(conditions(), FIGURES, samples);

    assertThat(report).contains("| Leat | failed |").containsOnlyOnce("no java");
  }

  private static Conditions conditions() {
    Machine machine = new Machine(2, "cpu", 1L << 34, "Linux", "ext4", "25");
    return new Conditions("2026-01-01", machine, 1000, 200, Map.of("Kafka", "4.4.0"), 3, 10);
  }
}
