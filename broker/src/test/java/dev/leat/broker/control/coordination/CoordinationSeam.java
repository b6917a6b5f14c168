package dev.leat.broker.control.coordination;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.random.RandomGenerator;

/** Lets the simulator make machines that drop a rule. */
public final class CoordinationSeam {
  private CoordinationSeam() {}

  /** A machine that obeys all rules but these. */
  public static CoordinationMachine machine(
      Settings settings,
      Hello self,
      LocalGroups local,
      RandomGenerator random,
      List<String> droppedRules) {
    EnumSet<CoordinationRule> dropped = EnumSet.noneOf(CoordinationRule.class);
    droppedRules.forEach(rule -> dropped.add(CoordinationRule.valueOf(rule)));
    return new CoordinationMachine(settings, self, local, random, dropped);
  }

  /** Names of all rules. */
  public static List<String> rules() {
    return Arrays.stream(CoordinationRule.values()).map(CoordinationRule::name).toList();
  }
}
