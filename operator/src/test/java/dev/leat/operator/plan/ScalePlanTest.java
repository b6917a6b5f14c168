package dev.leat.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.crds.ClusterState;
import dev.leat.crds.ClusterState.GroupPhase;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ScalePlanTest {
  @Test
  void shouldAddBrokersAtOnce() {
    assertThat(ScalePlan.next(5, 3, Optional.empty()))
        .isEqualTo(new ScalePlan.Size(5, Optional.empty()));
  }

  @Test
  void shouldKeepABrokerThatVotes() {
    ScalePlan.Size size = ScalePlan.next(3, 4, Optional.of(votersOf(1, 2, 3)));

    assertThat(size.pods()).isEqualTo(4);
    assertThat(size.waiting()).hasValue("broker 3 still votes in 1 groups");
  }

  @Test
  void shouldTakeAwayEmptyBrokersOneByOne() {
    ClusterState.Status state = votersOf(0, 1, 2);

    ScalePlan.Size first = ScalePlan.next(3, 5, Optional.of(state));
    ScalePlan.Size second = ScalePlan.next(3, first.pods(), Optional.of(state));

    assertThat(first.pods()).isEqualTo(4);
    assertThat(first.waiting()).isPresent();
    assertThat(second).isEqualTo(new ScalePlan.Size(3, Optional.empty()));
  }

  @Test
  void shouldTakeNothingAwayWithoutKnowingWhoVotes() {
    assertThat(ScalePlan.next(1, 3, Optional.empty()).pods()).isEqualTo(3);
  }

  private static ClusterState.Status votersOf(Integer... voters) {
    return new ClusterState.Status(
        "id",
        1,
        List.of(),
        List.of(
            new ClusterState.Group(
                12_288, GroupPhase.CREATED, "h", 1, voters[0], List.of(voters))));
  }
}
