package dev.leat.broker.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.broker.replication.MachineSeam;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Code that drops a rule of the protocol is caught. */
@Tag("sim-full")
class MutantSimTest {
  private static final List<SimPlan> PLANS =
      List.of(
          SimPlan.of(3, 3),
          SimPlan.of(5, 3),
          SimPlan.of(3, 3).storm(),
          SimPlan.of(4, 3).move(),
          SimPlan.of(4, 1).move(),
          SimPlan.of(4, 3).move().storm(),
          SimPlan.of(3, 3).disaster(),
          SimPlan.of(4, 3).upgrade());

  /** What is rare everywhere else is looked for where it happens. */
  private static List<SimPlan> plans(String rule) {
    return switch (rule) {
      case "READ" -> List.of(SimPlan.of(5, 3));
      case "WENTBACK" -> List.of(SimPlan.of(3, 3).attack(SimAttacks.Kind.SET_BACK));
      case "UNCLEAN" -> List.of(SimPlan.of(3, 3).disaster());
      case "OLDEPOCH" -> List.of(SimPlan.of(3, 3).storm());
      case "BACKANY" -> List.of(SimPlan.of(4, 3).attack(SimAttacks.Kind.TAKEN_BACK));
      case "READD" -> List.of(SimPlan.of(4, 3).attack(SimAttacks.Kind.LATE_WORD));
      case "FORGET" -> List.of(SimPlan.of(4, 3).move().attack(SimAttacks.Kind.DEAF_LEADER));
      default -> PLANS;
    };
  }

  private static final String ONLY = System.getProperty("sim.mutant", "");
  private static final int MAX_SEEDS = Integer.getInteger("sim.mutant.seeds", 2_000);

  /** All rules of the core, and those that are kept around it. */
  static Set<String> rules() {
    Set<String> rules = new TreeSet<>(MachineSeam.rules());
    rules.addAll(SimPlan.OUTSIDE);
    return rules;
  }

  @ParameterizedTest
  @MethodSource("rules")
  void shouldBeCaught(String rule) {
    Assumptions.assumeTrue(ONLY.isEmpty() || List.of(ONLY.split(",")).contains(rule));
    List<SimPlan> plans = plans(rule);
    OptionalLong caught = OptionalLong.empty();
    for (long seed = 1; seed <= MAX_SEEDS && caught.isEmpty(); seed++) {
      SimPlan plan = plans.get((int) (seed % plans.size()));
      try {
        new SimCluster(plan.without(rule), seed).run();
      } catch (SimFailure e) {
        System.out.printf("%s: caught by seed %d: %s%n", rule, seed, e.getMessage());
        caught = OptionalLong.of(seed);
        // It is the missing rule that is caught: with it, the same seed goes well.
        new SimCluster(plan, seed).run();
      }
    }

    assertThat(caught).as("mutant %s survived %d seeds", rule, MAX_SEEDS).isPresent();
  }
}
