package dev.leat.e2e;

import static dev.leat.e2e.Kubernetes.CLUSTER;
import static dev.leat.e2e.Kubernetes.HOME;
import static dev.leat.e2e.Kubernetes.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** A Cluster that is edited under load follows, and its clients do not notice. */
@Tag("e2e")
@Order(3)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ChangeStoriesTest extends Story {
  private static final @Nullable String NEXT_IMAGE = System.getenv("LEAT_E2E_NEXT_IMAGE");
  private static final int ROLL_LOAD_S = 70;

  @Test
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
  @Order(2)
  void shouldScaleByKubectl() {
    k8s.must("-n", HOME, "scale", "cluster.leat.dev/" + CLUSTER, "--replicas=5");
    await("there are five", LIMIT, () -> readyBrokers().equals("5"));
    long records = k8s.readable("rolled");
    k8s.startLoad("rolled", LOAD_S);

    k8s.must("-n", HOME, "scale", "cluster.leat.dev/" + CLUSTER, "--replicas=3");
    JsonNode load = k8s.endLoad(LOAD_S);
    long ms =
        await(
            "there are three",
            LIMIT,
            () -> k8s.field(HOME, "statefulset/" + CLUSTER, ".status.replicas").equals("3"));

    say("scaled from 5 to 3 in %d ms after %d s of load", ms, LOAD_S);
    assertThat(k8s.readable("rolled")).isEqualTo(records + load.path("records").asLong());
    assertThat(k8s.kubectl("-n", HOME, "get", "pvc", "data-" + CLUSTER + "-4").isOk())
        .as("the volume of the broker that went stays")
        .isTrue();
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
}
