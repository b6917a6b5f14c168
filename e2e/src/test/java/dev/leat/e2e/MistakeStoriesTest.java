package dev.leat.e2e;

import static dev.leat.e2e.Kubernetes.CLUSTER;
import static dev.leat.e2e.Kubernetes.HOME;
import static dev.leat.e2e.Kubernetes.TEAM;
import static dev.leat.e2e.Kubernetes.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** What cannot be refused at once is said by a condition, and harms nobody. */
@Tag("e2e")
@Order(3)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MistakeStoriesTest extends Story {
  private static final String MAIN = "cluster.leat.dev/" + CLUSTER;
  private static final String ODD = "cluster.leat.dev/odd";
  private static final String STATE = "clusterstate.leat.dev/" + CLUSTER;
  private static final int BROKEN_ROLL_S = 10;

  @Test
  @Order(1)
  void shouldSayWhyATopicHasNoCluster() {
    k8s.apply(k8s.topic("lost", "{cluster: leat-system/nowhere}"));

    await(
        "the Topic says why",
        LIMIT,
        () ->
            k8s.message(TEAM, "topic.leat.dev/lost", "Accepted")
                .contains("there is no Cluster leat-system/nowhere: make it, or name another"));
    k8s.must("-n", TEAM, "delete", "topic.leat.dev", "lost", "--timeout=60s");
  }

  @Test
  @Order(2)
  void shouldRefuseASecondTopicOfTheSameName() {
    k8s.apply(k8s.topic("twin", "{cluster: leat-system/main, topicName: click}"));

    await(
        "the Topic says why",
        LIMIT,
        () ->
            k8s.message(TEAM, "topic.leat.dev/twin", "Accepted")
                .contains("topic click is that of Topic shop/click already"));
    k8s.must("-n", TEAM, "delete", "topic.leat.dev", "twin", "--timeout=60s");
    assertThat(k8s.phase("click")).isEqualTo("Ready");
  }

  @Test
  @Order(3)
  void shouldSayThatAVolumeCannotBeMade() {
    k8s.apply(
        """
        apiVersion: leat.dev/v1alpha1
        kind: Cluster
        metadata: {name: odd, namespace: leat-system}
        spec: {brokers: 1, storage: {size: 1Gi, storageClassName: nowhere}}
        """);

    await(
        "the Cluster says why",
        LIMIT,
        () -> k8s.message(HOME, ODD, "Ready").contains("0 of 1 brokers are ready; broker 0: "));
    say("a storage class that does not exist: %s", k8s.message(HOME, ODD, "Ready"));
    k8s.must("-n", HOME, "annotate", ODD, "leat.dev/allow-deletion=true");
    k8s.must("-n", HOME, "delete", ODD, "--timeout=60s");
    k8s.must("-n", HOME, "delete", "pvc", "data-odd-0", "--timeout=60s");
  }

  @Test
  @Order(4)
  void shouldRestartOneBrokerOnlyWhenAnImageCannotStart() {
    makeTopic("broken");
    k8s.startLoad("broken", LOAD_S);

    patchCluster("{\"spec\":{\"image\":\"leat:nowhere\"}}");
    await(
        "the Cluster says why",
        LIMIT,
        () -> k8s.message(HOME, MAIN, "Ready").matches("2 of 3 .*; broker \\d: .*Image.*"));
    say("an image that cannot start: %s", k8s.message(HOME, MAIN, "Ready"));
    BooleanSupplier later = afterSeconds(BROKEN_ROLL_S);
    await("some time has passed", Duration.ofSeconds(2 * BROKEN_ROLL_S), later);
    assertThat(readyBrokers()).isEqualTo("2");
    patchCluster("{\"spec\":{\"image\":\"%s\"}}".formatted(IMAGE));

    check("an image that cannot start", "broken", k8s.endLoad(LOAD_S));
    await("everything is settled", LIMIT, this::isSettled);
  }

  @Test
  @Order(5)
  void shouldRepairAClusterStateThatWasEdited() {
    String groups = k8s.must("-n", HOME, "get", STATE, "-o", "jsonpath={.status.groups[*].id}");

    k8s.must("-n", HOME, "patch", STATE, "--type=merge", "-p", "{\"status\":{\"groups\":[]}}");

    await(
        "ClusterState is right again",
        LIMIT,
        () ->
            k8s.must("-n", HOME, "get", STATE, "-o", "jsonpath={.status.groups[*].id}")
                .equals(groups));
  }
}
