package dev.leat.e2e;

import static dev.leat.e2e.Kubernetes.CLUSTER;
import static dev.leat.e2e.Kubernetes.HOME;
import static dev.leat.e2e.Kubernetes.TEAM;
import static dev.leat.e2e.Kubernetes.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** A Cluster that is edited under load follows, and its clients do not notice. */
@Tag("e2e")
@Order(5)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ChangeStoriesTest extends Story {
  private static final @Nullable String NEXT_IMAGE = System.getenv("LEAT_E2E_NEXT_IMAGE");
  private static final int ROLL_LOAD_S = 70;
  private static final int SCALE_LOAD_S = 60;

  @Test
  @Tag("e2e-short")
  @Order(1)
  void shouldUpgradeWithoutAnErrorWhileTheOperatorIsKilled() {
    makeTopic("rolled");
    k8s.startLoad("rolled", ROLL_LOAD_S);

    patchCluster(
        NEXT_IMAGE == null
            ? "{\"spec\":{\"resources\":{\"cpuRequest\":\"100m\"}}}"
            : "{\"spec\":{\"image\":\"%s\"}}".formatted(NEXT_IMAGE));
    await("brokers are restarted", LIMIT, () -> k8s.condition("Progressing").equals("True"));
    killOperator();
    await("the roll ends", LIMIT, this::isSettled);

    sayStarts();
    check("rolling upgrade", "rolled", k8s.endLoad(ROLL_LOAD_S));
    assertThat(k8s.field(HOME, "cluster.leat.dev/" + CLUSTER, ".status.updatedBrokers"))
        .isEqualTo("3");
  }

  @Test
  @Tag("e2e-short")
  @Order(2)
  void shouldScaleByKubectl() {
    makeTopic("scaled");
    k8s.startLoad("scaled", SCALE_LOAD_S);

    k8s.must("-n", HOME, "scale", "cluster.leat.dev/" + CLUSTER, "--replicas=5");
    long five = await("there are five", LIMIT, () -> readyBrokers().equals("5"));
    k8s.must("-n", HOME, "scale", "cluster.leat.dev/" + CLUSTER, "--replicas=3");
    long three =
        await(
            "there are three",
            LIMIT,
            () -> k8s.field(HOME, "statefulset/" + CLUSTER, ".status.replicas").equals("3"));

    say("scaled to 5 in %d ms, and back to 3 in %d ms", five, three);
    check("scaled from 3 to 5 and back", "scaled", k8s.endLoad(SCALE_LOAD_S));
    assertThat(k8s.kubectl("-n", HOME, "get", "pvc", "data-" + CLUSTER + "-4").isOk())
        .as("the volume of the broker that went stays")
        .isTrue();
    assertThat(k8s.kubectl("-n", HOME, "get", "lease", CLUSTER + "-broker-4").isOk())
        .as("the Lease of the broker that went")
        .isFalse();
  }

  @Test
  @Order(3)
  void shouldGrowVolumesWhileTheyAreUsed() {
    patchCluster("{\"spec\":{\"storage\":{\"size\":\"2Gi\"}}}");

    await(
        "volumes have grown",
        LIMIT,
        () ->
            IntStream.range(0, 3)
                .allMatch(
                    id ->
                        k8s.field(
                                HOME, "pvc/data-" + CLUSTER + "-" + id, ".status.capacity.storage")
                            .equals("2Gi")));
    await("everything is settled", LIMIT, this::isSettled);
  }

  @Test
  @Order(4)
  void shouldRollAChangeOfTheConfiguration() {
    makeTopic("configured");
    k8s.startLoad("configured", ROLL_LOAD_S);

    patchCluster("{\"spec\":{\"topicNamespaces\":[\"*\",\"%s\"]}}".formatted(TEAM));
    await("brokers are restarted", LIMIT, () -> k8s.condition("Progressing").equals("True"));
    await("the roll ends", LIMIT, this::isSettled);

    check("rolling change of configuration", "configured", k8s.endLoad(ROLL_LOAD_S));
  }

  @Test
  @Order(5)
  void shouldRestartNobodyWhenTheOperatorIsUpgraded() {
    String before = brokerPods();

    Shell.Result helm =
        Shell.run(
            LIMIT.toSeconds(),
            "",
            List.of(
                "helm",
                "upgrade",
                "leat",
                "../helm/leat",
                "-n",
                HOME,
                "--reuse-values",
                "--set",
                "operator.podAnnotations.version=next,image.tag="
                    + (NEXT_IMAGE == null ? IMAGE : NEXT_IMAGE).split(":")[1]));
    assertThat(helm.isOk()).as(helm.err()).isTrue();
    k8s.must("-n", HOME, "rollout", "status", "deployment/leat-operator", "--timeout=110s");
    patchCluster("{\"spec\":{\"rollout\":{\"canary\":null}}}");
    await("the new operator has looked at the Cluster", LIMIT, this::isSettled);

    assertThat(brokerPods()).isEqualTo(before);
  }

  private String brokerPods() {
    String label = "leat.dev/cluster=" + CLUSTER;
    return k8s.must(
        "-n", HOME, "get", "pods", "-l", label, "-o", "jsonpath={.items[*].metadata.uid}");
  }
}
