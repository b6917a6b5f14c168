package dev.leat.bench.report;

import org.jspecify.annotations.Nullable;

/**
 * One line of the table.
 *
 * @param id unique, {@code figure/what}
 * @param label what was measured, with all that decides the number
 * @param unit of the number
 * @param target what it is compared with, if anything
 */
public record Row(String id, String label, Unit unit, @Nullable Target target) {

  /** A row that is not compared with anything. */
  public static Row plain(String id, String label, Unit unit) {
    return new Row(id, label, unit, null);
  }
}
