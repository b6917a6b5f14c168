package dev.leat.broker.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.broker.control.coordination.BrokerState;
import dev.leat.broker.control.coordination.ClusterView;
import dev.leat.broker.control.coordination.CoordinationEvent;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Replica;
import dev.leat.crds.Cluster;
import dev.leat.crds.ClusterSpec;
import dev.leat.crds.ClusterState;
import dev.leat.crds.ResourceName;
import dev.leat.crds.UncleanElection;
import dev.leat.crds.value.Span;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One fault at a time, in a cluster that is well: how soon, and at what cost. Virtual time. */
class CoordScenarioTest {
  private static final long MS = 1_000;

  private static CoordSim wellCluster(int brokers, long seed, Integer... classes) {
    CoordSim sim = new CoordSim(CoordPlan.of(brokers, 6, classes).calm(), seed);
    sim.start();
    sim.clock().runUntil(8_000 * MS);
    sim.checkAlive();
    sim.checkState();
    return sim;
  }

  /** Runs until that is so. Returns how long it took, in ms of virtual time. */
  private static long msUntil(CoordSim sim, long maxMs, BooleanSupplier reached) {
    for (long ms = 0; ms <= maxMs; ms++) {
      if (reached.getAsBoolean()) {
        return ms;
      }
      sim.clock().runUntil(sim.clock().nowUs() + MS);
    }
    throw new AssertionError("not within " + maxMs + " ms");
  }

  private static void run(CoordSim sim, long ms) {
    sim.clock().runUntil(sim.clock().nowUs() + ms * MS);
  }

  private static CoordNode controller(CoordSim sim) {
    return sim.controllers().getFirst();
  }

  /** A broker that leads and is not controller. */
  private static CoordNode leader(CoordSim sim) {
    return sim.wanted().stream()
        .map(sim::leader)
        .filter(node -> !node.isController())
        .findFirst()
        .orElseThrow();
  }

  private static long led(CoordSim sim, CoordNode node) {
    return sim.wanted().stream().filter(node::leads).count();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void shouldMoveLeadersOfAKilledBrokerWithOneWrite(long seed) {
    CoordSim sim = wellCluster(3, seed, 3);
    CoordNode victim = leader(sim);
    long writes = sim.api().stateWrites();

    victim.crash(false);
    long ms = msUntil(sim, 1_000, sim::allLed);
    run(sim, 1_500);

    assertThat(ms).isLessThanOrEqualTo(100);
    assertThat(sim.api().stateWrites() - writes).isEqualTo(1);
    sim.checkState();
    String mark =
        sim.api()
            .lease(new ResourceName("default", "c-broker-" + victim.broker))
            .spec()
            .holderIdentity()
            .orElse("");
    assertThat(mark).startsWith("FENCED");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void shouldMoveLeadersOfAKilledController(long seed) {
    CoordSim sim = wellCluster(3, seed, 3);

    controller(sim).crash(false);
    long ms = msUntil(sim, 1_000, sim::allLed);
    long controllerMs = msUntil(sim, 5_000, () -> !sim.controllers().isEmpty());
    run(sim, 2_000);

    assertThat(ms).isLessThanOrEqualTo(200);
    assertThat(controllerMs).isLessThanOrEqualTo(800);
    sim.checkState();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void shouldNotNeedTheStoreForFailover(long seed) {
    CoordSim sim = wellCluster(5, seed, 3, 5);
    sim.api().setDown(true);
    run(sim, 20_000);
    Map<GroupId, Integer> before = epochs(sim);
    run(sim, 20_000);
    assertThat(epochs(sim)).isEqualTo(before);
    sim.checkAlive();

    leader(sim).crash(false);
    assertThat(msUntil(sim, 1_000, sim::allLed)).isLessThanOrEqualTo(100);
    run(sim, 5_000);
    startAll(sim);
    run(sim, 5_000);
    controller(sim).crash(false);
    assertThat(msUntil(sim, 5_000, sim::allLed)).isLessThanOrEqualTo(2_500);

    sim.api().setDown(false);
    startAll(sim);
    run(sim, 20_000);
    sim.checkAlive();
    sim.checkState();
  }

  private static Map<GroupId, Integer> epochs(CoordSim sim) {
    Map<GroupId, Integer> epochs = new HashMap<>();
    sim.wanted().forEach(group -> epochs.put(group, CoordSim.epoch(sim.leader(group), group)));
    return epochs;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void shouldMoveLeadersOfASilentBroker(long seed) {
    CoordSim sim = wellCluster(3, seed, 3);
    CoordNode victim = leader(sim);
    List<GroupId> its = sim.wanted().stream().filter(victim::leads).toList();

    victim.pause();
    long ms =
        msUntil(
            sim,
            5_000,
            () ->
                its.stream()
                    .allMatch(
                        group ->
                            sim.nodes().stream()
                                .anyMatch(node -> node != victim && node.leads(group))));

    assertThat(ms).isLessThanOrEqualTo(2_500);
    victim.resume();
    run(sim, 15_000);
    sim.checkAlive();
  }

  /** MUTUAL: what is sent to it is lost, what it sends arrives. */
  private static void replaceOneThatHearsNobody(CoordSim sim, CoordNode deaf, long maxMs) {
    List<GroupId> its = sim.wanted().stream().filter(deaf::leads).toList();
    assertThat(its).isNotEmpty();

    sim.links().deafen(deaf.broker);
    long ms =
        msUntil(sim, 10_000, () -> its.stream().noneMatch(group -> sim.leader(group) == deaf));

    assertThat(ms).isLessThanOrEqualTo(maxMs);
    run(sim, 5_000);
    mendAndCheck(sim);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void shouldMoveLeadersOfABrokerThatIsHeardAndHearsNobody(long seed) {
    CoordSim sim = wellCluster(3, seed, 3);

    replaceOneThatHearsNobody(sim, leader(sim), 3_000);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void shouldMoveLeadersOfAControllerThatIsHeardAndHearsNobody(long seed) {
    CoordSim sim = wellCluster(3, seed, 3);

    replaceOneThatHearsNobody(sim, controller(sim), 6_000);
  }

  private static void mendAndCheck(CoordSim sim) {
    sim.links().mendAll();
    run(sim, 20_000);
    sim.checkAlive();
    sim.checkState();
  }

  /** All see the new leaders, also who is not heard: clients ask it. */
  private static void replaceOneThatNobodyHears(CoordSim sim, CoordNode mute, long maxMs) {
    List<GroupId> its = sim.wanted().stream().filter(mute::leads).toList();
    assertThat(its).isNotEmpty();

    sim.links().mute(mute.broker);
    long ms =
        msUntil(
            sim,
            20_000,
            () ->
                sim.nodes().stream()
                    .allMatch(node -> its.stream().noneMatch(group -> shows(node, group, mute))));

    assertThat(ms).isLessThanOrEqualTo(maxMs);
    run(sim, 5_000);
    sim.nodes()
        .forEach(node -> its.forEach(group -> assertThat(shows(node, group, mute)).isFalse()));
    mendAndCheck(sim);
  }

  /** Whether a client of a broker would be sent there, or nowhere. */
  private static boolean shows(CoordNode node, GroupId group, CoordNode leader) {
    int shown = node.machine().view().group(group).map(ClusterView.Group::leader).orElse(-1);
    return shown < 0 || shown == leader.broker;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void shouldMoveLeadersOfABrokerThatHearsAndIsNotHeard(long seed) {
    CoordSim sim = wellCluster(3, seed, 3);

    replaceOneThatNobodyHears(sim, leader(sim), 3_000);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void shouldMoveLeadersOfAControllerThatHearsAndIsNotHeard(long seed) {
    CoordSim sim = wellCluster(3, seed, 3);

    replaceOneThatNobodyHears(sim, controller(sim), 6_000);
  }

  /** One wire, one way: nobody needs another leader. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void shouldKeepLeadersThatDoNotHearOneOfTheirVoters(long seed) {
    CoordSim sim = wellCluster(3, seed, 3);
    CoordNode leader = leader(sim);
    CoordNode other =
        sim.nodes().stream()
            .filter(node -> node != leader && !node.isController())
            .findFirst()
            .orElseThrow();
    run(sim, 15_000);
    Map<GroupId, Integer> before = epochs(sim);

    sim.links().cut(other.broker, leader.broker);
    run(sim, 8_000);

    assertThat(epochs(sim)).isEqualTo(before);
    sim.checkAlive();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void shouldHandOverBeforeItStops(long seed) {
    CoordSim sim = wellCluster(3, seed, 3);
    CoordNode leaving = seed % 2 == 0 ? controller(sim) : leader(sim);

    leaving.coordinate(new CoordinationEvent.Stop());
    long ms = msUntil(sim, 5_000, leaving::isDrained);

    assertThat(led(sim, leaving)).isZero();
    assertThat(ms).isLessThanOrEqualTo(100);
    leaving.crash(false);
    run(sim, 100);
    assertThat(sim.allLed()).isTrue();
    leaving.start();
    run(sim, 3_000);
    // It stopped on purpose: it is used again at once, and leads its part after a while.
    assertThat(controllerView(sim).broker(leaving.broker).orElseThrow().state())
        .isEqualTo(BrokerState.UP);
    run(sim, 15_000);
    assertThat(led(sim, leaving)).isGreaterThan(0);
  }

  private static ClusterView controllerView(CoordSim sim) {
    return controller(sim).machine().view();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void shouldSpreadLeadersAndReplicasFromTheBeginning(long seed) {
    CoordSim sim = wellCluster(3, seed, 1, 3);

    for (CoordNode node : sim.nodes()) {
      assertThat(led(sim, node)).isBetween(3L, 5L);
      assertThat(node.all().size()).isEqualTo(6 + 2);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void shouldMoveInWhereBrokersJoinAndOutWhereTheyLeave(long seed) {
    CoordSim sim = wellCluster(3, seed, 1, 3);
    change(sim, CoordNode.clusterOf(4, 6));
    sim.addNode().start();
    run(sim, 60_000);
    msUntil(sim, 5_000, sim::allLed);
    sim.checkAlive();
    assertThat(replicas(sim, 3)).isGreaterThanOrEqualTo(5);
    assertThat(sim.sometimes().count("replica moves")).isPositive();

    change(sim, CoordNode.clusterOf(3, 6));
    run(sim, 90_000);
    sim.checkAlive();
    assertThat(replicas(sim, 3)).isZero();
    assertThat(sim.api().state(CoordSim.CLUSTER).status().brokers())
        .extracting(ClusterState.Broker::id)
        .containsExactly(0, 1, 2);
    sim.node(3).crash(false);
    run(sim, 5_000);
    sim.checkAlive();
    sim.checkState();
  }

  private static void change(CoordSim sim, Cluster cluster) {
    sim.setCluster(cluster);
    for (CoordNode node : sim.nodes()) {
      node.coordinate(new CoordinationEvent.ClusterChanged(sim.cluster()));
    }
  }

  private static long replicas(CoordSim sim, int broker) {
    return sim.wanted().stream()
        .map(group -> sim.leader(group).status(group).orElseThrow().config())
        .filter(config -> config.all().stream().anyMatch(voter -> voter.broker() == broker))
        .count();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void shouldReplaceTheReplicasOfAnEmptyDisk(long seed) {
    CoordSim sim = wellCluster(3, seed, 3);
    CoordNode victim = leader(sim);
    List<Replica> before =
        sim.wanted().stream().map(group -> victim.status(group).orElseThrow().self()).toList();

    victim.crash(false);
    victim.loseDisk();
    run(sim, 3_000);
    victim.start();
    run(sim, 40_000);

    sim.checkAlive();
    for (GroupId group : sim.wanted()) {
      Replica now = victim.status(group).orElseThrow().self();
      assertThat(before).doesNotContain(now);
      assertThat(sim.leader(group).status(group).orElseThrow().config().voters()).contains(now);
    }
  }

  private static CoordNode loseAllButOne(CoordSim sim, boolean disksToo) {
    CoordNode survivor = leader(sim);
    for (CoordNode node : sim.nodes()) {
      if (node != survivor) {
        node.crash(false);
        if (disksToo) {
          node.loseDisk();
        }
      }
    }
    msUntil(sim, 20_000, () -> lost(survivor) == sim.wanted().size());
    return survivor;
  }

  private static int lost(CoordNode node) {
    return node.machine().lostGroups().map(List::size).orElse(-1);
  }

  private static void startAll(CoordSim sim) {
    sim.nodes().stream().filter(node -> !node.isUp()).forEach(CoordNode::start);
  }

  /** A person gives up what only the others had. */
  private static void recover(CoordSim sim, CoordNode survivor) {
    survivor.coordinate(new CoordinationEvent.Recover(1, List.of()));
    run(sim, 2_000);
  }

  /** Whoever is down starts again; then every group has three replicas, in the later history. */
  private static void checkWholeAfterAllCameBack(CoordSim sim) {
    startAll(sim);
    run(sim, 60_000);
    sim.checkAlive();
    sim.checkState();
    for (GroupId group : sim.wanted()) {
      assertThat(sim.leader(group).status(group).orElseThrow().config().voters()).hasSize(3);
      assertThat(sim.leader(group).groups().get(group).machine().forks()).hasSize(1);
    }
    assertThat(sim.api().state(CoordSim.CLUSTER).status().groups())
        .allMatch(ClusterState.Group::possibleDataLoss);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void shouldGoOnWithWhatIsLeftWhenAPersonSaysSo(long seed) {
    CoordSim sim = wellCluster(3, seed, 3);
    CoordNode survivor = loseAllButOne(sim, true);

    recover(sim, survivor);
    assertThat(lost(survivor)).isZero();
    assertThat(led(sim, survivor)).isEqualTo(6);

    checkWholeAfterAllCameBack(sim);
    assertThat(sim.sometimes().count("group recovered")).isEqualTo(6);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void shouldWithdrawAnOldQuorumThatComesBack(long seed) {
    CoordSim sim = wellCluster(3, seed, 3);
    CoordNode survivor = loseAllButOne(sim, false);

    recover(sim, survivor);

    checkWholeAfterAllCameBack(sim);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void shouldEndInTheLaterHistoryThoughTheOldQuorumLedOnMeanwhile(long seed) {
    CoordSim sim = wellCluster(3, seed, 3);
    CoordNode survivor = loseAllButOne(sim, false);
    recover(sim, survivor);
    survivor.crash(false);

    sim.nodes().stream().filter(node -> node != survivor).forEach(CoordNode::start);
    run(sim, 20_000);
    assertThat(led(sim, survivor)).isZero();
    assertThat(sim.allLed()).isTrue();

    checkWholeAfterAllCameBack(sim);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void shouldGoOnByItselfWhereThePolicySaysSo(long seed) {
    CoordSim sim = wellCluster(3, seed, 3);
    ClusterSpec spec = sim.cluster().spec();
    change(
        sim,
        sim.cluster()
            .withSpec(
                new ClusterSpec(
                    spec.brokers(),
                    spec.groups(),
                    spec.storage(),
                    List.of(new UncleanElection(3, Span.parse("1m"))),
                    spec.pods())));
    CoordNode survivor = loseAllButOne(sim, true);

    run(sim, 40_000);
    assertThat(lost(survivor)).isEqualTo(6);
    run(sim, 15_000);
    assertThat(lost(survivor)).isZero();

    checkWholeAfterAllCameBack(sim);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void shouldGiveNothingUpThatIsNotLost(long seed) {
    CoordSim sim = wellCluster(3, seed, 3);
    leader(sim).crash(false);
    run(sim, 15_000);

    controller(sim).coordinate(new CoordinationEvent.Recover(1, sim.wanted()));
    run(sim, 2_000);

    assertThat(sim.sometimes().count("group not recovered")).isEqualTo(6);
    assertThat(sim.sometimes().count("history forked")).isZero();
    sim.checkAlive();
  }
}
