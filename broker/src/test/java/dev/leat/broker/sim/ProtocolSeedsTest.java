package dev.leat.broker.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Many seeds; every rule makes a difference in 300 of them, and everything that the protocol is
 * made of happens in 2,000. {@code -Dsim.seeds=N} so many, {@code -Dsim.from=N} from there on.
 */
@Tag("sim")
class ProtocolSeedsTest {
  /** So many seeds are enough for the rarest of them. */
  private static final long ENOUGH = 2_000;

  private static final List<String> MUST_HAPPEN =
      List.of(
          "all crashed",
          "appointment Accepted",
          "appointment Fenced",
          "appointment NoGroup",
          "appointment NotVoter",
          "change Done",
          "change Refused",
          "change begun",
          "change done",
          "change taken back",
          "crash",
          "disk full",
          "disk lost",
          "fed from the journal",
          "hand-over Done",
          "link cut",
          "pause",
          "read confirmed",
          "replica dropped",
          "segment sealed",
          "sent Fenced",
          "sent Fetch",
          "sent Gone",
          "sent GoBack",
          "sent Lacking",
          "snapshot installed",
          "disk set back",
          "disk restored",
          "went back",
          "withdrawn DISK_WENT_BACK",
          "withdrawn DISK_RESTORED",
          "withdrawn DAMAGED",
          "starts withdrawn DAMAGED",
          "withdrawn FORKED",
          "reader found damage",
          "history forked",
          "upgraded");

  private static final List<SimPlan> PLANS =
      List.of(
          SimPlan.of(1, 1),
          SimPlan.of(3, 3),
          SimPlan.of(5, 3),
          SimPlan.of(3, 3).storm(),
          SimPlan.of(5, 3).storm(),
          SimPlan.of(4, 3).move(),
          SimPlan.of(4, 1).move(),
          SimPlan.of(4, 3).move().storm(),
          SimPlan.of(5, 5),
          SimPlan.of(3, 3).disaster(),
          SimPlan.of(4, 3).upgrade());

  private static final List<SimPlan> ATTACKS =
      List.of(
          SimPlan.of(3, 3).attack(SimAttacks.Kind.SET_BACK),
          SimPlan.of(4, 3).attack(SimAttacks.Kind.LATE_WORD),
          SimPlan.of(4, 3).attack(SimAttacks.Kind.TAKEN_BACK),
          SimPlan.of(4, 3).move().attack(SimAttacks.Kind.DEAF_LEADER),
          SimPlan.of(3, 3).attack(SimAttacks.Kind.FULL_DISK),
          SimPlan.of(4, 3).move().attack(SimAttacks.Kind.FULL_DISK));

  private static Sometimes runAll(List<SimPlan> plans, long first, long last) {
    Sometimes all = new Sometimes();
    LongStream.rangeClosed(first, last)
        .parallel()
        .mapToObj(seed -> ProtocolSimTest.runSeed(plans.get((int) (seed % plans.size())), seed))
        .forEach(
            one -> {
              synchronized (all) {
                all.addAll(one);
              }
            });
    return all;
  }

  @Test
  void shouldKeepEverythingInAllSeeds() {
    Long only = Long.getLong("sim.seed");
    long first = only != null ? only : Long.getLong("sim.from", 1);
    long last = only != null ? only : Long.getLong("sim.seeds", ENOUGH);

    Sometimes sometimes = runAll(PLANS, first, last);
    sometimes.addAll(runAll(ATTACKS, first, only != null ? only : first + (last - first) / 6));

    System.out.println(sometimes);
    if (last - first >= 250) {
      assertThat(RuleWitness.EVIDENCE.keySet()).containsAll(MutantSimTest.rules());
      assertThat(RuleWitness.EVIDENCE)
          .allSatisfy((rule, what) -> assertThat(sometimes.count(what)).as(rule).isPositive());
    }
    if (last - first >= ENOUGH - 1) {
      assertThat(MUST_HAPPEN)
          .allSatisfy(what -> assertThat(sometimes.count(what)).as(what).isPositive());
    }
  }
}
