package dev.leat.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leat.crds.Cluster;
import dev.leat.crds.ClusterSpec;
import dev.leat.crds.Condition;
import dev.leat.crds.PodSettings;
import dev.leat.crds.ResourceName;
import dev.leat.crds.Topic;
import dev.leat.crds.TopicPhase;
import dev.leat.crds.TopicSpec;
import dev.leat.crds.value.ClusterRef;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HomelessTopicsTest {
  private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");
  private static final ResourceName MAIN = new ResourceName("leat", "main");
  private static final Cluster CLUSTER = Cluster.of(MAIN, ClusterSpec.ofBrokers(3));

  @Test
  void shouldFindNothingWrongWithATopicOfAClusterThatIsThere() {
    assertThat(problem(topic("shop", "leat/main"), CLUSTER)).isEmpty();
    assertThat(problem(topic("leat", null), CLUSTER)).isEmpty();
  }

  @Test
  void shouldSayThatTheClusterIsNotThere() {
    assertThat(reason(topic("shop", "leat/other"), CLUSTER)).isEqualTo("ClusterNotFound");
    assertThat(reason(topic("shop", null), CLUSTER)).isEqualTo("ClusterNotFound");
  }

  @Test
  void shouldTakeAClusterThatIsBeingDeletedForGone() {
    Cluster leaving =
        CLUSTER.withMetadata(CLUSTER.metadata().edit().deletionTimestamp(Optional.of(NOW)).build());

    assertThat(reason(topic("shop", "leat/main"), leaving)).isEqualTo("ClusterNotFound");
  }

  @Test
  void shouldSayThatTheNamespaceIsNotAllowed() {
    PodSettings all = PodSettings.DEFAULT;
    PodSettings few =
        new PodSettings(
            all.image(),
            all.resources(),
            all.topologyKey(),
            all.listeners(),
            List.of("web"),
            all.clientLimits(),
            all.rollout());
    ClusterSpec spec = CLUSTER.spec();
    Cluster closed =
        CLUSTER.withSpec(new ClusterSpec(spec.brokers(), spec.groups(), spec.storage(), few));

    assertThat(reason(topic("shop", "leat/main"), closed)).isEqualTo("NamespaceNotAllowed");
    assertThat(problem(topic("web", "leat/main"), closed)).isEmpty();
    assertThat(problem(topic("leat", "main"), closed)).isEmpty();
  }

  @Test
  void shouldLeaveTheTopicToABrokerThatComesLater() {
    Topic topic = topic("shop", "leat/other");

    Topic refused = HomelessTopics.refused(topic, problem(topic, CLUSTER).orElseThrow());

    assertThat(refused.status().phase()).isEqualTo(TopicPhase.REFUSED);
    assertThat(refused.status().observedGeneration()).isZero();
  }

  private static String reason(Topic topic, Cluster cluster) {
    return problem(topic, cluster).orElseThrow().reason();
  }

  private static Optional<Condition> problem(Topic topic, Cluster cluster) {
    return HomelessTopics.problemOf(topic, Map.of(MAIN.toString(), cluster), NOW);
  }

  private static Topic topic(String namespace, String cluster) {
    return Topic.of(
        new ResourceName(namespace, "click"),
        TopicSpec.DEFAULT.withCluster(Optional.ofNullable(cluster).map(ClusterRef::parse)));
  }
}
