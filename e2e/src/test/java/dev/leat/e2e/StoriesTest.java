package dev.leat.e2e;

import static dev.leat.e2e.Kubernetes.CLUSTER;
import static dev.leat.e2e.Kubernetes.HOME;
import static dev.leat.e2e.Kubernetes.TEAM;
import static dev.leat.e2e.Kubernetes.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * From an empty Kubernetes cluster on, in this order, each story on what the one before left.
 * {@code LEAT_E2E_IMAGE} (NAME:TAG) must be on its nodes, {@code LEAT_E2E_CLUSTER} is the command
 * of a cluster that can be broken on purpose.
 */
@Tag("e2e")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class StoriesTest {
  private static final Duration LIMIT = Duration.ofSeconds(180);
  private static final String IMAGE = System.getenv().getOrDefault("LEAT_E2E_IMAGE", "leat:dev");
  private static final int LOAD_S = 40;

  private final Kubernetes k8s = new Kubernetes(IMAGE);

  @Test
  @Order(1)
  void shouldInstallFromNothingUntilATopicIsReady() {
    String[] image = IMAGE.split(":");
    Shell.Result helm =
        Shell.run(
            LIMIT.toSeconds(),
            "",
            List.of(
                "helm",
                "install",
                "leat",
                "../helm/leat",
                "-n",
                HOME,
                "--create-namespace",
                "--set",
                "image.repository=" + image[0] + ",image.tag=" + image[1]));
    assertThat(helm.isOk()).as(helm.err()).isTrue();

    k8s.must("create", "namespace", TEAM);
    k8s.apply(cluster(3));
    k8s.apply(k8s.topic("click", "{cluster: leat-system/main, partitions: 6}"));

    long ms = await("the topic is Ready", LIMIT, () -> k8s.phase("click").equals("Ready"));
    await("the Cluster is Ready", LIMIT, () -> k8s.condition("Ready").equals("True"));
    say("Cluster of 3 and Topic applied to an empty cluster: Ready after %d ms", ms);
  }

  @Test
  @Order(2)
  void shouldCarryRecordsAndKnowTopicsOfEveryOrigin() {
    String lines =
        IntStream.range(0, 1_000).mapToObj(i -> "r" + i).collect(Collectors.joining("\n"));

    Shell.Result produced = k8s.leat(lines + "\n", "produce", "click");
    Shell.Result consumed = k8s.leat("", "consume", "click", "--from-beginning", "--exit-at-end");
    Shell.Result created = k8s.leat("", "topic", "create", "By_Grpc");

    assertThat(produced.isOk()).as(produced.err()).isTrue();
    assertThat(consumed.out().lines().toList())
        .containsExactlyInAnyOrderElementsOf(lines.lines().toList());
    assertThat(created.isOk()).as(created.err()).isTrue();
    assertThat(k8s.must("-n", HOME, "get", "topics.leat.dev", "-o", "jsonpath={.items[*].spec}"))
        .contains("\"topicName\":\"By_Grpc\"");
  }

  @Test
  @Order(3)
  void shouldRefuseBadInputWithASentence() {
    assertThat(k8s.refusal(k8s.topic("bad", "{cluster: leat-system/main, replicas: 2}")))
        .contains("an even number costs more and survives no more than one less");
    assertThat(
            k8s.refusal(k8s.topic("bad", "{cluster: leat-system/main, retention: {time: soon}}")))
        .contains("no length of time; allowed is");
    assertThat(k8s.refusal(k8s.topic("bad", "{cluster: leat-system/main, partitons: 2}")))
        .contains("unknown field \"spec.partitons\"");
    assertThat(k8s.refusal(k8s.topic("click", "{cluster: leat-system/main, partitions: 1}")))
        .contains("spec.partitions cannot go down");
    assertThat(k8s.refusal(cluster(3).replace("size: 1Gi", "size: 1Mi")))
        .contains("spec.storage.size cannot go down: volumes only grow");
  }

  @Test
  @Order(4)
  void shouldProtectAClusterFromDeletionByMistake() {
    Shell.Result result = k8s.kubectl("-n", HOME, "delete", "cluster.leat.dev", CLUSTER);

    assertThat(result.isOk()).isFalse();
    assertThat(result.err()).contains("Cluster main is protected from deletion");
  }

  @Test
  @Order(5)
  void shouldRollAConfigurationWithoutAnError() {
    k8s.apply(k8s.topic("rolled", "{cluster: leat-system/main, partitions: 3}"));
    await("the topic is Ready", LIMIT, () -> k8s.phase("rolled").equals("Ready"));
    k8s.startLoad("rolled", 2 * LOAD_S);

    patchCluster("{\"spec\":{\"resources\":{\"cpuRequest\":\"100m\"}}}");
    await("brokers are restarted", LIMIT, () -> k8s.condition("Progressing").equals("True"));
    await("the roll ends", LIMIT, this::isSettled);

    check("rolling restart", "rolled", k8s.endLoad(2 * LOAD_S));
  }

  @Test
  @Order(6)
  void shouldLoseNothingWhenAPodIsDeletedByForce() {
    k8s.apply(k8s.topic("killed", "{cluster: leat-system/main, partitions: 3}"));
    await("the topic is Ready", LIMIT, () -> k8s.phase("killed").equals("Ready"));
    k8s.startLoad("killed", LOAD_S);

    k8s.must("-n", HOME, "delete", "pod", CLUSTER + "-1", "--grace-period=0", "--force");

    check("pod deleted by force", "killed", k8s.endLoad(LOAD_S));
    await("the broker is back", LIMIT, this::isSettled);
  }

  @Test
  @Order(7)
  void shouldGoOnWhileTheApiServerIsDown() {
    String tool = System.getenv("LEAT_E2E_CLUSTER");
    if (tool == null) {
      say("left out, as this Kubernetes cluster cannot be broken on purpose: API server down");
      return;
    }
    k8s.apply(k8s.topic("outage", "{cluster: leat-system/main, partitions: 3}"));
    await("the topic is Ready", LIMIT, () -> k8s.phase("outage").equals("Ready"));
    k8s.startLoad("outage", 2 * LOAD_S);

    run(tool, "node-kill", "control");
    await("the outage has lasted", LIMIT, afterSeconds(60));
    run(tool, "node-start", "control");
    await("the API is back", LIMIT, () -> k8s.kubectl("get", "--raw", "/readyz").isOk());

    check("API server down for 60 s", "outage", k8s.endLoad(2 * LOAD_S));
    await("everything is settled", LIMIT, this::isSettled);
  }

  @Test
  @Order(8)
  void shouldScaleByKubectl() {
    k8s.must("-n", HOME, "scale", "cluster.leat.dev/" + CLUSTER, "--replicas=4");
    await("there are four", LIMIT, () -> readyBrokers().equals("4"));
    long records = k8s.readable("killed");

    k8s.must("-n", HOME, "scale", "cluster.leat.dev/" + CLUSTER, "--replicas=3");
    await(
        "there are three",
        LIMIT,
        () -> k8s.field(HOME, "statefulset/" + CLUSTER, ".status.replicas").equals("3"));

    assertThat(k8s.readable("killed")).isEqualTo(records);
    assertThat(k8s.kubectl("-n", HOME, "get", "pvc", "data-" + CLUSTER + "-3").isOk())
        .as("the volume of the broker that went stays")
        .isTrue();
  }

  @Test
  @Order(9)
  void shouldDeleteANamespaceWithTopics() {
    k8s.must("-n", TEAM, "delete", "pod", "load", "--ignore-not-found");

    long start = System.nanoTime();
    k8s.must("delete", "namespace", TEAM, "--wait=true", "--timeout=100s");

    say("namespace with topics deleted after %d ms", (System.nanoTime() - start) / 1_000_000);
    assertThat(k8s.leat("", "topic", "list").out()).doesNotContain("killed");
  }

  private void check(String story, String topic, JsonNode load) {
    long readable = k8s.readable(topic);
    say(
        "%s: %d records acknowledged, %d readable, latency p50 %s ms, max %s ms",
        story,
        load.path("records").asLong(),
        readable,
        load.path("latencyMs").path("p50"),
        load.path("latencyMs").path("max"));
    assertThat(readable).isEqualTo(load.path("records").asLong());
  }

  private boolean isSettled() {
    return k8s.condition("Ready").equals("True") && k8s.condition("Progressing").equals("False");
  }

  private String readyBrokers() {
    return k8s.field(HOME, "cluster.leat.dev/" + CLUSTER, ".status.readyBrokers");
  }

  private void patchCluster(String patch) {
    k8s.must("-n", HOME, "patch", "cluster.leat.dev", CLUSTER, "--type=merge", "-p", patch);
  }

  private static BooleanSupplier afterSeconds(long seconds) {
    long start = System.nanoTime();
    return () -> System.nanoTime() - start >= Duration.ofSeconds(seconds).toNanos();
  }

  private static void run(String... command) {
    Shell.Result result = Shell.run(LIMIT.toSeconds(), "", new ArrayList<>(Arrays.asList(command)));
    assertThat(result.isOk()).as(result.err()).isTrue();
  }

  private static String cluster(int brokers) {
    return """
        apiVersion: leat.dev/v1alpha1
        kind: Cluster
        metadata: {name: main, namespace: leat-system}
        spec: {brokers: %d, storage: {size: 1Gi}}
        """
        .formatted(brokers);
  }

  private static void say(String format, Object... values) {
    System.out.println("story: " + format.formatted(values));
  }
}
