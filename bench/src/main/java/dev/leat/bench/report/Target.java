package dev.leat.bench.report;

/** What a row, or its ratio to another row, has to reach. */
public sealed interface Target {

  /** In words, for the table. */
  String text(Unit unit);

  /** The row itself is at most this. */
  record AtMost(double limit) implements Target {
    @Override
    public String text(Unit unit) {
      return "≤ " + unit.format(limit) + " " + unit.label();
    }
  }

  /** The row is at most this much more than another one. */
  record AtMostAbove(String subject, double limit) implements Target {
    @Override
    public String text(Unit unit) {
      return "≤ " + unit.format(limit) + " " + unit.label() + " more than undisturbed";
    }
  }

  /** The row itself is at least this. */
  record AtLeast(double limit) implements Target {
    @Override
    public String text(Unit unit) {
      return unit == Unit.PASSED ? "passed" : "≥ " + unit.format(limit) + " " + unit.label();
    }
  }

  /**
   * Another row is at least this many times the row.
   *
   * @param subject id of the other row
   * @param factor smallest ratio: subject divided by the row
   */
  record TimesAtLeast(String subject, double factor) implements Target {
    @Override
    public String text(Unit unit) {
      return "≥ " + (factor == Math.rint(factor) ? "%.0f×" : "%.1f×").formatted(factor);
    }
  }

  /**
   * Another row is at most this many times the row.
   *
   * @param subject id of the other row
   * @param factor largest ratio: subject divided by the row
   */
  record TimesAtMost(String subject, double factor) implements Target {
    @Override
    public String text(Unit unit) {
      return "≤ %.1f×".formatted(factor);
    }
  }

  /** The ratio of another row to the row is shown; nothing is required of it. */
  record Shown(String subject) implements Target {
    @Override
    public String text(Unit unit) {
      return "";
    }
  }
}
