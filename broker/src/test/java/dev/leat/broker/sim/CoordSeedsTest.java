package dev.leat.broker.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.broker.control.coordination.CoordinationSeam;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Many clusters under faults; {@code -Dsim.cluster.seeds=N} so many of each kind. */
@Tag("sim")
class CoordSeedsTest {
  private static final long SEEDS = Long.getLong("sim.cluster.seeds", 150);

  private static Sometimes runAll(CoordPlan plan) {
    Sometimes all = new Sometimes();
    LongStream.rangeClosed(1, SEEDS)
        .parallel()
        .mapToObj(seed -> CoordSimTest.runSeed(plan, seed))
        .forEach(
            one -> {
              synchronized (all) {
                all.addAll(one);
              }
            });
    System.out.println(plan + ": " + all);
    return all;
  }

  @Test
  void shouldKeepClustersGoing() {
    Sometimes all = new Sometimes();
    all.addAll(runAll(CoordPlan.of(3, 2, 1, 3)));
    all.addAll(runAll(CoordPlan.of(3, 2, 1, 3).storm()));
    all.addAll(runAll(CoordPlan.of(5, 1, 1, 3, 5)));
    all.addAll(runAll(CoordPlan.of(5, 1, 1, 3, 5).storm()));
    all.addAll(runAll(CoordPlan.of(2, 2, 1)));
    all.addAll(runAll(CoordPlan.of(1, 2, 1)));

    assertThat(
            new String[] {
              "api 429",
              "api answer lost",
              "state deleted",
              "state edited",
              "state restored",
              "lease deleted",
              "controller ceased",
              "drained",
              "fence cap",
              "fenced: is silent",
              "fenced: its process has ended",
              "fenced: says so itself",
              "taken back",
              "sent Appoint",
              "sent CreateGroups",
              "sent HandOver",
              "sent ViewRequest",
            })
        .allSatisfy(rule -> assertThat(all.count(rule)).as(rule).isPositive());
    Set<String> witnessed = new HashSet<>(CoordWitness.EVIDENCE.keySet());
    witnessed.addAll(CoordWitness.NOT_BY_CHANCE);
    assertThat(witnessed).containsExactlyInAnyOrderElementsOf(CoordinationSeam.rules());
    assertThat(CoordWitness.EVIDENCE)
        .allSatisfy((rule, what) -> assertThat(all.count(what)).as(rule).isPositive());
  }
}
