package dev.leat.broker.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * A group under faults, seed by seed. {@code -Dsim.seed=N} runs one seed and prints what happens,
 * {@code -Dsim.seeds=N} so many.
 */
class ProtocolSimTest {
  static final int SEEDS = Integer.getInteger("sim.seeds", 4);

  static Sometimes runSeeds(SimPlan plan) {
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

  static Sometimes runSeed(SimPlan plan, long seed) {
    try {
      return new SimCluster(plan, seed).run();
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(
          "seed " + seed + " of " + plan + ": replay with -Dsim.seed=" + seed, e);
    }
  }

  @Test
  void shouldKeepEverythingWithOneVoter() {
    Sometimes sometimes = runSeeds(SimPlan.of(1, 1));

    assertThat(sometimes.count("crash")).isPositive();
  }

  @Test
  void shouldKeepEverythingWithThreeVoters() {
    Sometimes sometimes = runSeeds(SimPlan.of(3, 3));

    assertThat(sometimes.count("leader active")).isPositive();
  }

  @Test
  void shouldKeepEverythingWithFiveVoters() {
    Sometimes sometimes = runSeeds(SimPlan.of(5, 5));

    assertThat(sometimes.count("leader active")).isPositive();
  }

  @Test
  void shouldKeepEverythingWhileVotersChange() {
    Sometimes sometimes = runSeeds(SimPlan.of(5, 3));

    assertThat(sometimes.count("leader active")).isPositive();
  }

  @Test
  void shouldKeepEverythingWhileVotersChangeAllTheTime() {
    Sometimes sometimes = runSeeds(SimPlan.of(4, 3).move());
    runSeeds(SimPlan.of(4, 1).move());
    runSeeds(SimPlan.of(4, 3).move().storm());

    assertThat(sometimes.count("change done")).isPositive();
  }

  @Test
  void shouldKeepEverythingInAStorm() {
    runSeeds(SimPlan.of(3, 3).storm());
    Sometimes sometimes = runSeeds(SimPlan.of(5, 3).storm());

    assertThat(sometimes.count("crash")).isPositive();
  }

  @Test
  void shouldGoOnWithOneReplicaWhenTheOthersAreGone() {
    Sometimes sometimes = runSeeds(SimPlan.of(3, 3).disaster());

    assertThat(sometimes.count("history forked")).isPositive();
  }
}
