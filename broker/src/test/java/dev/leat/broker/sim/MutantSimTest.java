package dev.leat.broker.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Code that drops a rule of the protocol is caught. */
@Tag("slow")
class MutantSimTest {
  private static final int MAX_SEEDS = Integer.getInteger("sim.mutant.seeds", 2_000);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "NOVOTE",
        "VOLVOTE",
        "RESUME",
        "LONGEST",
        "COUNTFIRST",
        "NOCOLLECT",
        "RAWACK",
        "NOSYNC",
        "CMPNOSYNC",
        "LEADERSYNC",
        "OLDEPOCH",
        "DEDUPLICATE",
        "CUTONLYCONFLICT"
      })
  void shouldBeCaught(String rule) {
    OptionalLong caught = OptionalLong.empty();
    for (long seed = 1; seed <= MAX_SEEDS && caught.isEmpty(); seed++) {
      try {
        new SimCluster(SimPlan.of(3, 3).without(rule), seed).run();
      } catch (AssertionError | IllegalStateException e) {
        System.out.printf("%s: caught by seed %d: %s%n", rule, seed, e.getMessage());
        caught = OptionalLong.of(seed);
      }
    }

    assertThat(caught).as("mutant %s survived %d seeds", rule, MAX_SEEDS).isPresent();
  }
}
