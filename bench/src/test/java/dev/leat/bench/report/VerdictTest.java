package dev.leat.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.bench.report.Verdict.Outcome;
import org.junit.jupiter.api.Test;

class VerdictTest {
  private static final Row KAFKA =
      new Row("kafka", "Kafka", Unit.MB_PER_SECOND, new Target.TimesAtLeast("leat", 3));

  @Test
  void shouldCompareMediansWithAFactor() {
    Samples samples = samples(new double[] {290, 310, 900}, new double[] {50, 100, 110});

    Verdict verdict = Verdict.of(KAFKA, samples);

    assertThat(verdict.ratio()).hasValue(3.1);
    assertThat(verdict.outcome()).isEqualTo(Outcome.REACHED);
  }

  @Test
  void shouldSayThatAFactorIsMissed() {
    Samples samples = samples(new double[] {290}, new double[] {100});

    assertThat(Verdict.of(KAFKA, samples).outcome()).isEqualTo(Outcome.MISSED);
  }

  @Test
  void shouldLeaveATargetOpenThatWasNotMeasured() {
    Samples samples = samples(new double[] {}, new double[] {100});

    Verdict verdict = Verdict.of(KAFKA, samples);

    assertThat(verdict.ratio()).isEmpty();
    assertThat(verdict.outcome()).isEqualTo(Outcome.OPEN);
  }

  @Test
  void shouldHoldARowAgainstItsOwnLimit() {
    Samples samples = new Samples();
    samples.add("p99", 5.5, 0);

    Row row = new Row("p99", "p99", Unit.MILLISECONDS, new Target.AtMost(5));

    assertThat(Verdict.of(row, samples).outcome()).isEqualTo(Outcome.MISSED);
  }

  @Test
  void shouldLetOneFailureDecideWhatHasToPass() {
    Samples samples = new Samples();
    samples.add("memory", 1, 0);
    samples.add("memory", 0, 0);
    samples.add("memory", 1, 0);

    Row row = new Row("memory", "memory", Unit.PASSED, new Target.AtLeast(1));

    assertThat(Verdict.of(row, samples).outcome()).isEqualTo(Outcome.MISSED);
  }

  private static Samples samples(double[] leat, double[] kafka) {
    Samples samples = new Samples();
    for (double value : leat) {
      samples.add("leat", value, 0);
    }
    for (double value : kafka) {
      samples.add("kafka", value, 0);
    }
    return samples;
  }
}
