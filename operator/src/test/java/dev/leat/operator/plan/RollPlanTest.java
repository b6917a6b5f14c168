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

    assertThat(((RollPlan.Step.Restart) step).broker()).isZero();
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

    assertThat(((RollPlan.Step.Restart) step).broker()).isZero();
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

  private static int restarted(RollPlan.Situation situation) {
    return ((RollPlan.Step.Restart) RollPlan.next(situation)).broker();
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
