package dev.leat.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.crds.Cluster;
import dev.leat.crds.ClusterSpec;
import dev.leat.crds.ClusterState;
import dev.leat.crds.Condition;
import dev.leat.crds.ResourceName;
import dev.leat.operator.plan.RollPlan;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClusterViewTest {
  private static final Instant NOW = Instant.parse("2026-11-30T10:00:00Z");
  private static final Cluster CLUSTER =
      Cluster.of(new ResourceName("leat", "main"), ClusterSpec.ofBrokers(3));

  private static ClusterState.Group group(int id, boolean possibleDataLoss) {
    return new ClusterState.Group(
        id, ClusterState.GroupPhase.CREATED, "beef", 3, 0, List.of(0, 1, 2), possibleDataLoss);
  }

  private static Condition possibleDataLoss(ClusterState.Group... groups) {
    ClusterView view =
        new ClusterView(
            CLUSTER,
            new ClusterView.Seen(
                List.of(),
                Optional.of(new ClusterState.Status("f00d", 1, List.of(), List.of(groups))),
                Optional.empty(),
                new RollPlan.Step.Done(),
                Optional.empty(),
                new OutsideView(CLUSTER, Map.of(), Map.of()),
                List.of()),
            NOW);
    return view.status().condition("PossibleDataLoss").orElseThrow();
  }

  @Test
  void shouldSayWhichGroupsGaveRecordsUp() {
    Condition condition =
        possibleDataLoss(group(3 << 12, false), group(3 << 12 | 1, true), group(5 << 12, true));

    assertThat(condition.isTrue()).isTrue();
    assertThat(condition.message()).startsWith("2 groups").endsWith(": 3/1, 5/0");
  }

  @Test
  void shouldSayThatNothingWasGivenUp() {
    assertThat(possibleDataLoss(group(3 << 12, false)).isTrue()).isFalse();
  }
}
