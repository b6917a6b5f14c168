package dev.leat.bench.figure;

import dev.leat.bench.report.Row;
import java.util.List;
import java.util.function.Predicate;

/**
 * Something that is compared: some rows of the table, measured of several contestants in turn.
 *
 * @param name as it is given on the command line
 * @param title what it is about
 * @param contestants in the order in which they are measured in the first round
 */
public record Figure(String name, String title, List<Contestant> contestants) {
  public Figure {
    contestants = List.copyOf(contestants);
  }

  /** The same with some of its contestants. */
  public Figure only(Predicate<Contestant> wanted) {
    return new Figure(name, title, contestants.stream().filter(wanted).toList());
  }

  /** All rows, in the order of the table. */
  public List<Row> rows() {
    return contestants.stream().flatMap(contestant -> contestant.rows().stream()).toList();
  }
}
