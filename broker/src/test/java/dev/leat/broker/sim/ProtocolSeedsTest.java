package dev.leat.broker.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Many seeds; and everything that the protocol is made of happens in 2,000 of them. */
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

  @Test
  void shouldKeepEverythingInAllSeeds() {
    List<SimPlan> plans =
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
    Sometimes sometimes = new Sometimes();
    Long only = Long.getLong("sim.seed");
    long last = only != null ? only : Integer.getInteger("sim.seeds", 2_000);

    for (long seed = only != null ? only : 1; seed <= last; seed++) {
      SimPlan plan = plans.get((int) (seed % plans.size()));
      sometimes.addAll(ProtocolSimTest.runSeed(plan, seed));
    }

    System.out.println(sometimes);
    if (last >= ENOUGH) {
      assertThat(MUST_HAPPEN).allMatch(what -> sometimes.count(what) > 0);
    }
  }
}
