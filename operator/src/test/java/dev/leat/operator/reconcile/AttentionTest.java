package dev.leat.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;

class AttentionTest {
  private static final long LIMIT = Attention.LIMIT.toNanos();

  private final Attention attention = new Attention();

  @Test
  void shouldMissNothingThatTheWatchesBrought() {
    attention.saw(cluster("main", 2));

    assertThat(attention.missed(List.of(cluster("main", 2)), 0)).isEmpty();
    assertThat(attention.missed(List.of(cluster("main", 2)), 10 * LIMIT)).isEmpty();
  }

  @Test
  void shouldMissAChangeThatNobodyTellsOfForAWhile() {
    attention.saw(cluster("main", 1));

    assertThat(attention.missed(List.of(cluster("main", 2)), 0)).isEmpty();
    assertThat(attention.missed(List.of(cluster("main", 2)), LIMIT)).isEmpty();
    assertThat(attention.missed(List.of(cluster("main", 2)), LIMIT + 1)).contains("leat/main");
  }

  @Test
  void shouldMissANewCluster() {
    assertThat(attention.missed(List.of(cluster("other", 1)), 0)).isEmpty();
    assertThat(attention.missed(List.of(cluster("other", 1)), LIMIT + 1)).contains("leat/other");
  }

  @Test
  void shouldCountAnewAfterItHasCaughtUp() {
    assertThat(attention.missed(List.of(cluster("main", 1)), 0)).isEmpty();
    attention.saw(cluster("main", 1));
    assertThat(attention.missed(List.of(cluster("main", 1)), LIMIT)).isEmpty();

    assertThat(attention.missed(List.of(cluster("main", 2)), LIMIT + 1)).isEmpty();
  }

  private static ClusterObject cluster(String name, long generation) {
    ClusterObject object = new ClusterObject();
    object.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace("leat")
            .withName(name)
            .withGeneration(generation)
            .build());
    return object;
  }
}
