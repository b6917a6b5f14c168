package dev.leat.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.crds.ClusterState;
import dev.leat.crds.ClusterState.BrokerState;
import dev.leat.crds.ClusterState.GroupPhase;
import dev.leat.crds.PodSettings.Rollout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class RollPlanTest {
  private static final Rollout AT_ONCE = Rollout.DEFAULT;

  @Test
  void shouldBeDoneWhenEveryBrokerIsCurrent() {
    RollPlan.Step step = RollPlan.next(situation(AT_ONCE, current(0), current(1), current(2)));

    assertThat(step).isEqualTo(new RollPlan.Step.Done());
  }

  @Test
  void shouldRestartWhoLeadsLeastFirstAndTheControllerLast() {
    // Broker 0 is controller; broker 1 leads two groups, broker 2 leads one.
    assertThat(restarted(situation(AT_ONCE, old(0), old(1), old(2)))).isEqualTo(2);
    assertThat(restarted(situation(AT_ONCE, old(0), old(1), current(2)))).isEqualTo(1);
    assertThat(restarted(situation(AT_ONCE, old(0), current(1), current(2)))).isZero();
  }

  @Test
  void shouldStopWhenANewBrokerDoesNotBecomeReady() {
    RollPlan.Step step =
        RollPlan.next(situation(AT_ONCE, old(0), old(1), new BrokerPod(2, false, true, false)));

    assertThat(reason(step)).contains("broker 2 runs the newest version and is not ready");
  }

  @Test
  void shouldRestartAnOldBrokerThatIsBrokenBeforeOthers() {
    RollPlan.Step step =
        RollPlan.next(situation(AT_ONCE, new BrokerPod(0, false, false, false), old(1), old(2)));

    assertThat(((RollPlan.Step.Restart) step).brokers()).containsExactly(0);
  }

  @Test
  void shouldWaitForABrokerThatStopsAlready() {
    BrokerPod stopping = new BrokerPod(2, false, false, true);

    RollPlan.Step step = RollPlan.next(situation(AT_ONCE, old(0), old(1), stopping));

    assertThat(reason(step)).isEqualTo("broker 2 is stopping");
  }

  @Test
  void shouldWaitWhileAGroupCannotDoWithoutABroker() {
    RollPlan.Situation fenced = situation(AT_ONCE, old(0), old(1), old(2));
    ClusterState.Status state = state(BrokerState.UP, BrokerState.FENCED, BrokerState.UP);

    RollPlan.Step step =
        RollPlan.next(
            new RollPlan.Situation(
                fenced.pods(), 3, Optional.of(state), OptionalInt.of(0), AT_ONCE));

    assertThat(reason(step)).contains("needs broker 2");
  }

  @Test
  void shouldRestartTheOnlyVoterOfAGroupOfOne() {
    ClusterState.Status state =
        new ClusterState.Status(
            "id",
            1,
            List.of(broker(0, BrokerState.UP)),
            List.of(new ClusterState.Group(4096, GroupPhase.CREATED, "h", 1, 0, List.of(0))));

    RollPlan.Step step =
        RollPlan.next(
            new RollPlan.Situation(
                List.of(old(0)), 1, Optional.of(state), OptionalInt.of(0), AT_ONCE));

    assertThat(((RollPlan.Step.Restart) step).brokers()).containsExactly(0);
  }

  @Test
  void shouldDoNothingWhilePausedAndNoMoreThanTheCanary() {
    Rollout paused = new Rollout(true, Optional.empty());
    Rollout canary = new Rollout(false, Optional.of(1));

    assertThat(reason(RollPlan.next(situation(paused, old(0), old(1), old(2)))))
        .contains("spec.rollout.paused");
    assertThat(restarted(situation(canary, old(0), old(1), old(2)))).isEqualTo(2);
    assertThat(reason(RollPlan.next(situation(canary, old(0), old(1), current(2)))))
        .contains("spec.rollout.canary is 1");
  }

  @Test
  void shouldNotGuessWhoVotes() {
    RollPlan.Step step =
        RollPlan.next(
            new RollPlan.Situation(
                List.of(old(0)), 1, Optional.empty(), OptionalInt.empty(), AT_ONCE));

    assertThat(reason(step)).contains("not known yet");
  }

  @Test
  void shouldRestartAZoneAtATimeAfterTheFirstBroker() {
    // Six brokers in three zones of two: a group's voters are in three zones.
    List<BrokerPod> all = new ArrayList<>();
    for (int id = 0; id < 6; id++) {
      all.add(inZone(id, false));
    }
    List<BrokerPod> begun = new ArrayList<>(all);
    begun.set(5, inZone(5, true));

    assertThat(together(all, Rollout.DEFAULT)).as("the first one alone").containsExactly(3);
    assertThat(together(begun, Rollout.DEFAULT)).containsExactly(3);
    begun.set(3, inZone(3, true));
    assertThat(together(begun, Rollout.DEFAULT)).as("zone b").containsExactly(1, 4);
    assertThat(together(begun, new Rollout(false, Optional.of(3))))
        .as("one more, for the canary's sake")
        .containsExactly(1);
    begun.set(1, inZone(1, true));
    begun.set(4, inZone(4, true));
    assertThat(together(begun, Rollout.DEFAULT)).as("before the controller").containsExactly(2);
    begun.set(2, inZone(2, true));
    assertThat(together(begun, Rollout.DEFAULT)).as("the controller").containsExactly(0);
  }

  @Test
  void shouldNotRestartTwoOfAZoneThatVoteInOneGroup() {
    List<BrokerPod> pods =
        List.of(
            new BrokerPod(0, true, true, false, "a", Optional.empty()),
            new BrokerPod(1, true, false, false, "b", Optional.empty()),
            new BrokerPod(2, true, false, false, "b", Optional.empty()));
    ClusterState.Status state = state(BrokerState.UP, BrokerState.UP, BrokerState.UP);

    RollPlan.Step step =
        RollPlan.next(
            new RollPlan.Situation(pods, 3, Optional.of(state), OptionalInt.of(0), AT_ONCE));

    assertThat(((RollPlan.Step.Restart) step).brokers()).containsExactly(2);
  }

  private static BrokerPod inZone(int broker, boolean current) {
    String zone = List.of("a", "b", "c").get(broker % 3);
    return new BrokerPod(broker, true, current, false, zone, Optional.empty());
  }

  private static List<Integer> together(List<BrokerPod> pods, Rollout rollout) {
    List<ClusterState.Broker> brokers = new ArrayList<>();
    for (int id = 0; id < 6; id++) {
      brokers.add(broker(id, BrokerState.UP));
    }
    List<ClusterState.Group> groups =
        List.of(
            new ClusterState.Group(12_288, GroupPhase.CREATED, "h", 1, 1, List.of(0, 1, 2)),
            new ClusterState.Group(12_289, GroupPhase.CREATED, "h", 1, 4, List.of(3, 4, 5)),
            new ClusterState.Group(12_290, GroupPhase.CREATED, "h", 1, 2, List.of(0, 4, 2)),
            new ClusterState.Group(12_291, GroupPhase.CREATED, "h", 1, 5, List.of(3, 1, 5)));
    ClusterState.Status state = new ClusterState.Status("id", 1, brokers, groups);
    RollPlan.Situation situation =
        new RollPlan.Situation(pods, 6, Optional.of(state), OptionalInt.of(0), rollout);
    return ((RollPlan.Step.Restart) RollPlan.next(situation)).brokers();
  }

  private static int restarted(RollPlan.Situation situation) {
    return ((RollPlan.Step.Restart) RollPlan.next(situation)).brokers().getFirst();
  }

  private static String reason(RollPlan.Step step) {
    return ((RollPlan.Step.Wait) step).reason();
  }

  private static RollPlan.Situation situation(Rollout rollout, BrokerPod... pods) {
    ClusterState.Status state = state(BrokerState.UP, BrokerState.UP, BrokerState.UP);
    return new RollPlan.Situation(List.of(pods), 3, Optional.of(state), OptionalInt.of(0), rollout);
  }

  private static BrokerPod old(int broker) {
    return new BrokerPod(broker, true, false, false);
  }

  private static BrokerPod current(int broker) {
    return new BrokerPod(broker, true, true, false);
  }

  private static ClusterState.Status state(BrokerState... states) {
    List<ClusterState.Broker> brokers = new ArrayList<>();
    for (int id = 0; id < states.length; id++) {
      brokers.add(broker(id, states[id]));
    }
    List<ClusterState.Group> groups = new ArrayList<>();
    for (int leader : List.of(1, 1, 2)) {
      groups.add(
          new ClusterState.Group(
              12_288 + groups.size(), GroupPhase.CREATED, "h", 1, leader, List.of(0, 1, 2)));
    }
    return new ClusterState.Status("id", 1, brokers, groups);
  }

  private static ClusterState.Broker broker(int id, BrokerState state) {
    return new ClusterState.Broker(id, 1, "b:" + id, Optional.empty(), state);
  }
}
