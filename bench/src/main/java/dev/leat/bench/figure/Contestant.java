package dev.leat.bench.figure;

import dev.leat.bench.lab.Lab;
import dev.leat.bench.report.Row;
import java.util.List;
import java.util.Map;

/**
 * One measurement of a figure: starts what it needs, measures, and ends what it started.
 *
 * @param name for messages
 * @param rows that it measures
 * @param measurement makes one sample of each row
 */
public record Contestant(String name, List<Row> rows, Measurement measurement) {

  /** Makes one sample of each row. */
  @FunctionalInterface
  public interface Measurement {
    /** Samples by id of their row. */
    Map<String, Double> measure(Lab lab) throws Exception;
  }

  /** Measures a single row. */
  static Contestant of(String name, Row row, Single measurement) {
    return new Contestant(name, List.of(row), lab -> Map.of(row.id(), measurement.measure(lab)));
  }

  /** Makes one sample of the only row. */
  @FunctionalInterface
  interface Single {
    double measure(Lab lab) throws Exception;
  }
}
