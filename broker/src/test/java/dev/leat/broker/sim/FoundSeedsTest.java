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

  static Stream<Arguments> foundInClusters() {
    return Stream.of(
        Arguments.of(895L, "a controller of a lower term was not believed, and never learned it"),
        Arguments.of(1338L, "a controller of an equal term was not believed"),
        Arguments.of(979L, "a paused leader became active under a later one, and rightly"),
        Arguments.of(4L, "a broker that was only linked counted as asked before a CREATE"),
        Arguments.of(387L, "a broker was stopped after the last fault, and not started again"));
  }

  @ParameterizedTest(name = "seed {0}: {1}")
  @MethodSource("foundInClusters")
  void shouldKeepClustersGoing(long seed, String defect) {
    CoordSimTest.runSeed(CoordPlan.of(5, 1, 1, 3, 5).storm(), seed);
  }
}
