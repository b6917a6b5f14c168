package dev.leat.broker.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.broker.control.coordination.BrokerState;
import dev.leat.broker.control.coordination.CoordinationEvent;
import dev.leat.broker.control.coordination.CoordinationSeam;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.replication.GroupEvent;
import dev.leat.broker.replication.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Rules of coordination: what they prevent happens without them, and not with them. */
class CoordMutantTest {
  private static final long MS = 1_000;

  private static CoordSim cluster(int brokers, String... dropped) {
    return cluster(CoordPlan.of(brokers, 6, 3), 1, dropped);
  }

  private static CoordSim cluster(CoordPlan plan, long seed, String... dropped) {
    CoordSim sim = new CoordSim(plan.calm().without(dropped), seed);
    sim.start();
    // Some rules are so much needed that nothing begins without them: they are dropped for good,
    // but the cluster has time.
    sim.clock().runUntil(20_000 * MS);
    return sim;
  }

  private static void run(CoordSim sim, long ms) {
    sim.clock().runUntil(sim.clock().nowUs() + ms * MS);
  }

  private static CoordNode controller(CoordSim sim) {
    return sim.controllers().getFirst();
  }

  private static List<CoordNode> others(CoordSim sim) {
    List<CoordNode> others = new ArrayList<>(sim.nodes());
    others.remove(controller(sim));
    return others;
  }

  private static long fenced(CoordSim sim) {
    return controller(sim).machine().view().brokers().stream()
        .filter(broker -> broker.state() == BrokerState.FENCED)
        .count();
  }

  /** WITNESS: only the wire between the controller and one broker is cut. */
  private static long fencedThoughOthersHearIt(String... dropped) {
    CoordSim sim = cluster(3, dropped);
    CoordNode controller = controller(sim);
    CoordNode other = others(sim).getFirst();
    sim.links().cut(controller.broker, other.broker);
    sim.links().cut(other.broker, controller.broker);
    run(sim, 3_500);
    return fenced(sim);
  }

  @Test
  void shouldNotFenceOnTheWordOfOne() {
    assertThat(fencedThoughOthersHearIt()).isZero();
    assertThat(fencedThoughOthersHearIt("WITNESS")).isPositive();
  }

  private static long fencedOfTwoSilent(String... dropped) {
    CoordSim sim = cluster(5, dropped);
    others(sim).subList(0, 2).forEach(CoordNode::pause);
    run(sim, 5_000);
    return fenced(sim);
  }

  @Test
  void shouldNotFenceManyForSilence() {
    assertThat(fencedOfTwoSilent()).isEqualTo(1);
    assertThat(fencedOfTwoSilent("CAP")).isEqualTo(2);
  }

  private static boolean ledWithoutStore(boolean controllerDies, String... dropped) {
    CoordSim sim = cluster(3, dropped);
    sim.api().setDown(true);
    (controllerDies ? controller(sim) : others(sim).getFirst()).crash(false);
    run(sim, 3_000);
    return sim.allLed();
  }

  @Test
  void shouldNotWaitForTheStore() {
    assertThat(ledWithoutStore(false)).isTrue();
    assertThat(ledWithoutStore(false, "BESIDE")).isFalse();
  }

  @Test
  void shouldAppointWithoutAController() {
    assertThat(ledWithoutStore(true)).isTrue();
    assertThat(ledWithoutStore(true, "STANDIN")).isFalse();
  }

  /** MUTUAL: a leader is heard by all, and hears nobody. */
  private static boolean succeededThoughItIsHeard(String... dropped) {
    CoordSim sim = cluster(3, dropped);
    CoordNode deaf = leaders(sim).getFirst();
    sim.links().deafen(deaf.broker);
    run(sim, 4_000);
    return !leaders(sim).contains(deaf);
  }

  /** Who leads, but for the controller. */
  private static List<CoordNode> leaders(CoordSim sim) {
    return sim.wanted().stream()
        .map(sim::leader)
        .filter(node -> !node.isController())
        .distinct()
        .toList();
  }

  @Test
  void shouldReplaceALeaderThatHearsNobody() {
    assertThat(succeededThoughItIsHeard()).isTrue();
    assertThat(succeededThoughItIsHeard("MUTUAL")).isFalse();
  }

  private static long writesOfAFailover(String... dropped) {
    CoordSim sim = cluster(3, dropped);
    long before = sim.api().stateWrites();
    others(sim).getFirst().crash(false);
    run(sim, 1_500);
    return sim.api().stateWrites() - before;
  }

  @Test
  void shouldWriteOnce() {
    assertThat(writesOfAFailover()).isEqualTo(1);
    assertThat(writesOfAFailover("BATCH")).isGreaterThan(1);
  }

  private static boolean stateAfterDeletion(String... dropped) {
    CoordSim sim = cluster(3, dropped);
    sim.api().deleteState(CoordSim.CLUSTER);
    run(sim, 6_000);
    return sim.api().state(CoordSim.CLUSTER) != null;
  }

  @Test
  void shouldWriteAgainWhatTheStoreLost() {
    assertThat(stateAfterDeletion()).isTrue();
    assertThat(stateAfterDeletion("REPAIR")).isFalse();
  }

  private static long fencedAfterRestart(String... dropped) {
    CoordSim sim = cluster(3, dropped);
    CoordNode victim = others(sim).getFirst();
    victim.crash(false);
    run(sim, 500);
    victim.start();
    run(sim, 1_000);
    return fenced(sim);
  }

  @Test
  void shouldLetABrokerBeWellForAWhile() {
    assertThat(fencedAfterRestart()).isEqualTo(1);
    assertThat(fencedAfterRestart("DAMPING")).isZero();
  }

  /** UNCLEAN: two of three are away for so long when a person gives them up. */
  private static CoordSim givenUpAfter(long ms, String... dropped) {
    CoordSim sim = cluster(3, dropped);
    CoordNode survivor = controller(sim);
    others(sim).forEach(node -> node.crash(false));
    run(sim, ms);
    survivor.coordinate(new CoordinationEvent.Recover(1, sim.wanted()));
    run(sim, 2_000);
    return sim;
  }

  private static long oldReplicasThatCameBack(String... dropped) {
    CoordSim sim = givenUpAfter(14_000, dropped);
    sim.nodes().stream().filter(node -> !node.isUp()).forEach(CoordNode::start);
    run(sim, 20_000);
    return sim.nodes().stream()
        .flatMap(node -> node.status(sim.wanted().getFirst()).stream())
        .filter(status -> status.forks().isEmpty())
        .count();
  }

  @Test
  void shouldTellThoseThatWereGivenUp() {
    assertThat(oldReplicasThatCameBack()).isZero();
    assertThat(oldReplicasThatCameBack("HEAR")).isEqualTo(2);
  }

  @Test
  void shouldNotGiveUpBrokersThatRestart() {
    assertThat(givenUpAfter(2_000).sometimes().count("history forked")).isZero();
    assertThat(givenUpAfter(2_000, "SETTLE").sometimes().count("history forked")).isPositive();
  }

  private static int epochs(CoordSim sim) {
    return sim.wanted().stream().mapToInt(group -> highestEpoch(sim, group)).sum();
  }

  /** All groups are, or get in a moment, a leader whose log is committed. */
  private static void assertIsLed(CoordSim sim) {
    for (int i = 0; i < 100 && !sim.allLed(); i++) {
      run(sim, 10);
    }
    assertThat(sim.allLed()).isTrue();
  }

  /**
   * CONTACT: there is no controller, and two brokers do not hear each other; all others hear both.
   */
  private static int epochsWhereOneDoesNotHear(String... dropped) {
    CoordSim sim = cluster(CoordPlan.of(5, 6, 5), 1, dropped);
    sim.api().setDown(true);
    CoordNode controller = controller(sim);
    controller.crash(false);
    run(sim, 5_000);
    controller.start();
    run(sim, 5_000);
    int before = epochs(sim);
    sim.links().cut(0, 1);
    sim.links().cut(1, 0);
    run(sim, 10_000);
    assertIsLed(sim);
    return epochs(sim) - before;
  }

  @Test
  void shouldNotReplaceALeaderThatAQuorumHears() {
    assertThat(epochsWhereOneDoesNotHear()).isZero();
    assertThat(epochsWhereOneDoesNotHear("CONTACT")).isPositive();
  }

  /** ASK: all brokers start again, so nobody has heard of any leader or epoch. */
  private static long refusedAfterARestartOfAll(String... dropped) {
    CoordSim sim = cluster(3, dropped);
    long before = sim.sometimes().count("appointment Fenced");
    sim.nodes().forEach(node -> node.crash(false));
    sim.nodes().forEach(CoordNode::start);
    run(sim, 10_000);
    assertIsLed(sim);
    return sim.sometimes().count("appointment Fenced") - before;
  }

  @Test
  void shouldKnowTheEpochBeforeItAppoints() {
    assertThat(refusedAfterARestartOfAll()).isZero();
    assertThat(refusedAfterARestartOfAll("ASK")).isGreaterThanOrEqualTo(6);
  }

  /** BACKOFF: somebody else appoints all the time, too, and knows nothing of the controller. */
  private static long refusedInAContest(String... dropped) {
    CoordSim sim = cluster(3, dropped);
    long before = sim.sometimes().count("appointment Fenced");
    contest(sim, sim.wanted().getFirst(), sim.clock().nowUs() + 1_500 * MS);
    run(sim, 1_500);
    long refused = sim.sometimes().count("appointment Fenced") - before;
    run(sim, 6_000);
    assertIsLed(sim);
    return refused;
  }

  private static void contest(CoordSim sim, GroupId group, long untilUs) {
    if (sim.clock().nowUs() < untilUs) {
      Consumer<Outcome> nobody = outcome -> {};
      for (CoordNode node : sim.nodes()) {
        node.groups().get(group).step(new GroupEvent.Appoint(highestEpoch(sim, group) + 1, nobody));
      }
      sim.clock().after(200, () -> contest(sim, group, untilUs));
    }
  }

  private static int highestEpoch(CoordSim sim, GroupId group) {
    return sim.nodes().stream().mapToInt(node -> CoordSim.epoch(node, group)).max().orElse(0);
  }

  @Test
  void shouldGiveWayToAnotherWhoAppoints() {
    assertThat(refusedInAContest()).isLessThanOrEqualTo(12);
    assertThat(refusedInAContest("BACKOFF")).isGreaterThan(40);
  }

  /** OWNPAUSE: the controller is stopped for a while, and nobody can take its place. */
  private static long fencedAfterItsOwnPause(String... dropped) {
    long fenced = 0;
    for (long seed = 1; seed <= 5; seed++) {
      CoordSim sim = cluster(CoordPlan.of(3, 6, 3), seed, dropped);
      sim.api().setDown(true);
      CoordNode controller = controller(sim);
      controller.pause();
      run(sim, 5_000);
      long before = sim.sometimes().count("fenced: is silent");
      controller.resume();
      run(sim, 1_000);
      fenced += sim.sometimes().count("fenced: is silent") - before;
    }
    return fenced;
  }

  @Test
  void shouldNotTakeItsOwnPauseForSilence() {
    assertThat(fencedAfterItsOwnPause()).isZero();
    assertThat(fencedAfterItsOwnPause("OWNPAUSE")).isPositive();
  }

  /** A rule that is added has a scenario here, named after it. */
  @Test
  void shouldHaveAScenarioForEachRule() {
    assertThat(CoordinationSeam.rules())
        .containsExactlyInAnyOrder(
            "WITNESS",
            "CAP",
            "CONTACT",
            "ASK",
            "BESIDE",
            "STANDIN",
            "MUTUAL",
            "DAMPING",
            "BACKOFF",
            "BATCH",
            "REPAIR",
            "OWNPAUSE",
            "HEAR",
            "SETTLE");
  }
}
