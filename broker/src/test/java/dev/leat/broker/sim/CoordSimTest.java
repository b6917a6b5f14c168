package dev.leat.broker.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * A cluster under faults, seed by seed. {@code -Dsim.seed=N} runs one seed, {@code -Dsim.seeds=N}
 * so many, {@code -Dsim.trace=true} prints what happens.
 */
class CoordSimTest {
  private static final int SEEDS = Integer.getInteger("sim.seeds", 4);

  static Sometimes runSeeds(CoordPlan plan) {
    Sometimes all = new Sometimes();
    Long only = Long.getLong("sim.seed");
    long first = only == null ? 1 : only;
    long last = only == null ? SEEDS : only;
    for (long seed = first; seed <= last; seed++) {
      all.addAll(runSeed(plan, seed));
    }
    System.out.println(plan + ": " + all);
    return all;
  }

  static Sometimes runSeed(CoordPlan plan, long seed) {
    try {
      return new CoordSim(plan, seed).run();
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(
          "seed " + seed + " of " + plan + ": replay with -Dsim.seed=" + seed, e);
    }
  }

  @Test
  void shouldKeepThreeBrokersGoing() {
    Sometimes sometimes = runSeeds(CoordPlan.of(3, 2, 1, 3));

    assertThat(sometimes.count("controller")).isPositive();
  }

  @Test
  void shouldKeepFiveBrokersGoing() {
    runSeeds(CoordPlan.of(5, 1, 1, 3, 5));
  }

  @Test
  void shouldKeepThreeBrokersGoingInAStorm() {
    runSeeds(CoordPlan.of(3, 2, 1, 3).storm());
  }

  @Test
  void shouldKeepOneBrokerGoing() {
    runSeeds(CoordPlan.of(1, 2, 1));
  }
}
