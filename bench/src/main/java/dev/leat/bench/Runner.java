package dev.leat.bench;

import dev.leat.bench.figure.Contestant;
import dev.leat.bench.figure.Figure;
import dev.leat.bench.lab.Lab;
import dev.leat.bench.lab.ProcessorLoad;
import dev.leat.bench.report.Row;
import dev.leat.bench.report.Samples;
import dev.leat.bench.report.Unit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Measures all contestants of all figures in turn, round by round. */
final class Runner {
  /** Share of the processors that others may use before a measurement counts as disturbed. */
  private static final double DISTURBED = 0.15;

  private final Lab lab;
  private final int patience;
  private final Samples samples = new Samples();

  /**
   * A runner.
   *
   * @param patience how often a disturbed measurement is made again
   */
  Runner(Lab lab, int patience) {
    this.lab = lab;
    this.patience = patience;
  }

  /** What was measured so far. */
  Samples samples() {
    return samples;
  }

  /** Each round measures each contestant once; in each round another one begins. */
  void run(List<Figure> figures, int rounds) {
    for (int round = 0; round < rounds; round++) {
      for (Figure figure : figures) {
        List<Contestant> order = new ArrayList<>(figure.contestants());
        Collections.rotate(order, -round);
        for (Contestant contestant : order) {
          say((round + 1) + "/" + rounds + " " + figure.name() + ": " + contestant.name());
          measure(contestant);
        }
      }
    }
  }

  private record Measured(Map<String, Double> values, double disturbance) {}

  private void measure(Contestant contestant) {
    try {
      Measured best = once(contestant);
      for (int again = 0; again < patience && best.disturbance() > DISTURBED; again++) {
        Measured next = once(contestant);
        best = next.disturbance() < best.disturbance() ? next : best;
      }
      for (Row row : contestant.rows()) {
        double value = best.values().getOrDefault(row.id(), Double.NaN);
        samples.add(row.id(), value, best.disturbance());
        say("    " + row.label() + ": " + row.unit().format(value) + " " + row.unit().label());
      }
    } catch (Exception e) {
      fail(contestant, String.valueOf(e.getMessage()).lines().findFirst().orElse("failed"));
    }
  }

  private Measured once(Contestant contestant) throws Exception {
    lab.settle();
    try {
      ProcessorLoad load = new ProcessorLoad();
      Map<String, Double> values = contestant.measurement().measure(lab);
      double disturbance = load.ofOthers();
      if (disturbance > DISTURBED) {
        say(
            String.format(
                Locale.ROOT, "    others used %.0f %% of the processors", disturbance * 100));
      }
      return new Measured(values, disturbance);
    } finally {
      lab.children().close();
      lab.workspace().clear();
    }
  }

  private void fail(Contestant contestant, String reason) {
    say("    " + contestant.name() + " failed: " + reason);
    for (Row row : contestant.rows()) {
      samples.addFailure(row.id(), reason);
      if (row.unit() == Unit.PASSED) {
        samples.add(row.id(), 0, 0);
      }
    }
  }

  private static void say(String line) {
    System.err.printf(Locale.ROOT, "bench: %s%n", line);
  }
}
