package dev.leat.broker.sim;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Seeds that have found a defect, with the plan that they found it in. What follows from a seed
 * changes with the simulator, so none of them is the only test of what it has found.
 */
class FoundSeedsTest {
  private static final SimPlan DEAF_LEADER =
      SimPlan.of(4, 3).move().attack(SimAttacks.Kind.DEAF_LEADER);

  private static final SimPlan TAKEN_BACK = SimPlan.of(4, 3).attack(SimAttacks.Kind.TAKEN_BACK);

  static Stream<Arguments> found() {
    return Stream.of(
        Arguments.of(445L, SimPlan.of(3, 3), "a learner that had acked nothing counted as near"),
        Arguments.of(197L, SimPlan.of(4, 3).upgrade(), "a first voter gave way, and rightly"),
        Arguments.of(256L, SimPlan.of(3, 3).storm(), "a first voter gave way, and rightly"),
        Arguments.of(1504L, SimPlan.of(5, 5), "an appointer waited too long for a collector"),
        Arguments.of(60L, TAKEN_BACK, "an appointer took a leader without its quorum for one"),
        Arguments.of(20L, DEAF_LEADER, "a leader handed over to whom another had removed"),
        Arguments.of(145L, DEAF_LEADER, "a new replica showed less than the one before it"));
  }

  @ParameterizedTest(name = "seed {0}: {2}")
  @MethodSource("found")
  void shouldKeepEverything(long seed, SimPlan plan, String defect) {
    ProtocolSimTest.runSeed(plan, seed);
  }
}
