package dev.leat.bench.report;

import java.util.OptionalDouble;

/**
 * A row against its target.
 *
 * @param ratio of the target's subject to the row, if the target has one and both were measured
 * @param outcome whether the target was reached
 */
public record Verdict(OptionalDouble ratio, Outcome outcome) {

  /** Whether a target was reached. */
  public enum Outcome {
    /** It was. */
    REACHED,
    /** It was not. */
    MISSED,
    /** There is a target, but not all of its rows were measured. */
    OPEN,
    /** There is no target. */
    NONE
  }

  /** Judges what was measured. */
  public static Verdict of(Row row, Samples samples) {
    OptionalDouble own = representative(row, samples);
    return switch (row.target()) {
      case null -> new Verdict(OptionalDouble.empty(), Outcome.NONE);
      case Target.AtMost(double limit) -> absolute(own, own.orElse(0) <= limit);
      case Target.AtMostAbove(String subject, double limit) -> {
        OptionalDouble base = samples.median(subject);
        yield base.isEmpty()
            ? new Verdict(OptionalDouble.empty(), Outcome.OPEN)
            : absolute(own, own.orElse(0) - base.getAsDouble() <= limit);
      }
      case Target.AtLeast(double limit) -> absolute(own, own.orElse(0) >= limit);
      case Target.Shown(String subject) -> new Verdict(ratio(samples, subject, own), Outcome.NONE);
      case Target.TimesAtLeast(String subject, double factor) -> {
        OptionalDouble ratio = ratio(samples, subject, own);
        yield new Verdict(ratio, outcome(ratio, ratio.orElse(0) >= factor));
      }
      case Target.TimesAtMost(String subject, double factor) -> {
        OptionalDouble ratio = ratio(samples, subject, own);
        yield new Verdict(ratio, outcome(ratio, ratio.orElse(0) <= factor));
      }
    };
  }

  /** The median; of what has to pass, the worst. */
  static OptionalDouble representative(Row row, Samples samples) {
    return row.unit() == Unit.PASSED
        ? samples.of(row.id()).stream().mapToDouble(Double::doubleValue).min()
        : samples.median(row.id());
  }

  private static Verdict absolute(OptionalDouble measured, boolean reached) {
    return new Verdict(OptionalDouble.empty(), outcome(measured, reached));
  }

  private static Outcome outcome(OptionalDouble measured, boolean reached) {
    if (measured.isEmpty()) {
      return Outcome.OPEN;
    }
    return reached ? Outcome.REACHED : Outcome.MISSED;
  }

  private static OptionalDouble ratio(Samples samples, String subject, OptionalDouble own) {
    OptionalDouble other = samples.median(subject);
    return own.isPresent() && other.isPresent() && own.getAsDouble() > 0
        ? OptionalDouble.of(other.getAsDouble() / own.getAsDouble())
        : OptionalDouble.empty();
  }
}
