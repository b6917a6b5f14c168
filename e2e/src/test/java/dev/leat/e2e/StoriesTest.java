package dev.leat.e2e;

import static dev.leat.e2e.Kubernetes.CLUSTER;
import static dev.leat.e2e.Kubernetes.HOME;
import static dev.leat.e2e.Kubernetes.TEAM;
import static dev.leat.e2e.Kubernetes.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * From an empty Kubernetes cluster on, in this order, each story on what the one before left.
 * {@code LEAT_E2E_IMAGE} (NAME:TAG) must be on its nodes, {@code LEAT_E2E_NEXT_IMAGE} is one to
 * upgrade to, {@code LEAT_E2E_CLUSTER} is the command of a cluster that can be broken on purpose.
 */
@Tag("e2e")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class StoriesTest {
  private static final Duration LIMIT = Duration.ofSeconds(180);
  private static final String IMAGE = System.getenv().getOrDefault("LEAT_E2E_IMAGE", "leat:dev");
  private static final @Nullable String NEXT_IMAGE = System.getenv("LEAT_E2E_NEXT_IMAGE");
  private static final int KAFKA_PORT = 9092;
  private static final int LOAD_S = 30;
  private static final int ROLL_LOAD_S = 70;
  private static final int OUTAGE_S = Integer.getInteger("leat.e2e.outageS", 60);

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
  void shouldServeKafkaClients() throws IOException {
    assertThat(k8s.field(HOME, "cluster.leat.dev/" + CLUSTER, ".status.bootstrap[0].kafka"))
        .isEqualTo("main-bootstrap.leat-system.svc:" + KAFKA_PORT);
    List<String> values = IntStream.range(0, 100).mapToObj(i -> "k" + i).toList();

    try (KafkaClients clients = new KafkaClients(3, KAFKA_PORT)) {
      clients.produce("click", values);

      assertThat(clients.consume("click", "readers", 1_100)).containsAll(values).hasSize(1_100);
    }
  }

  @Test
  @Order(6)
  void shouldServeClientsOutsideAtPortsOfTheNodes() {
    String outside = ".status.bootstrap[?(@.listener==\"outside\")]";
    await(
        "all brokers have an address outside",
        LIMIT,
        () ->
            k8s.field(HOME, "cluster.leat.dev/" + CLUSTER, outside + ".brokers[*].id")
                .equals("0 1 2"));
    String grpc = k8s.field(HOME, "cluster.leat.dev/" + CLUSTER, outside + ".grpc");
    String kafka = k8s.field(HOME, "cluster.leat.dev/" + CLUSTER, outside + ".kafka");
    if (System.getenv("LEAT_E2E_CLUSTER") == null) {
      say("left out, as nodes may not be reachable from here: clients at %s, %s", grpc, kafka);
      return;
    }

    try (KafkaClients clients = new KafkaClients(kafka)) {
      clients.produce("click", List.of("from outside"));
      assertThat(clients.consume("click", "outsiders", 1_101)).contains("from outside");
    }
    Shell.Result consumed =
        Shell.run(
            LIMIT.toSeconds(),
            "",
            List.of(
                "../leat",
                "consume",
                "click",
                "--from-beginning",
                "--exit-at-end",
                "--bootstrap",
                grpc));
    assertThat(consumed.out().lines()).as(consumed.err()).hasSize(1_101).contains("from outside");
  }

  @Test
  @Order(7)
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

    check("rolling upgrade", "rolled", k8s.endLoad(ROLL_LOAD_S));
    assertThat(k8s.field(HOME, "cluster.leat.dev/" + CLUSTER, ".status.updatedBrokers"))
        .isEqualTo("3");
  }

  @Test
  @Order(8)
  void shouldLoseNothingWhenAPodIsDeletedByForceAndTheStateIsDeleted() {
    makeTopic("killed");
    k8s.startLoad("killed", LOAD_S);

    k8s.must("-n", HOME, "delete", "pod", CLUSTER + "-1", "--grace-period=0", "--force");
    k8s.must("-n", HOME, "delete", "clusterstate.leat.dev", CLUSTER);

    check("pod deleted by force, ClusterState deleted", "killed", k8s.endLoad(LOAD_S));
    await("the broker is back", LIMIT, this::isSettled);
    await(
        "ClusterState is right again",
        LIMIT,
        () -> !k8s.field(HOME, "clusterstate.leat.dev/" + CLUSTER, ".status.clusterId").isEmpty());
  }

  @Test
  @Order(9)
  void shouldGoOnWhileTheApiServerIsDown() {
    String tool = System.getenv("LEAT_E2E_CLUSTER");
    if (tool == null) {
      say("left out, as this Kubernetes cluster cannot be broken on purpose: API server down");
      return;
    }
    makeTopic("outage");
    k8s.startLoad("outage", OUTAGE_S + LOAD_S);

    run(tool, "node-kill", "control");
    BooleanSupplier over = afterSeconds(OUTAGE_S);
    run(tool, "exec", "node-1", "pkill", "-9", "-f", "broker.server.pod.Main");
    await("the outage has lasted", LIMIT, over);
    run(tool, "node-start", "control");
    await("the API is back", LIMIT, () -> k8s.kubectl("get", "--raw", "/readyz").isOk());

    check("API server down, a broker killed meanwhile", "outage", k8s.endLoad(OUTAGE_S + LOAD_S));
    await("everything is settled", LIMIT, this::isSettled);
    long ms = heedsChanges();
    say("the operator heeds a change %d ms after the load of the outage", ms);
  }

  private long heedsChanges() {
    patchCluster("{\"spec\":{\"rollout\":{\"canary\":3}}}");
    String generation = k8s.field(HOME, "cluster.leat.dev/" + CLUSTER, ".metadata.generation");
    return await(
        "the operator heeds a change",
        Duration.ofSeconds(60),
        () ->
            k8s.field(HOME, "cluster.leat.dev/" + CLUSTER, ".status.observedGeneration")
                .equals(generation));
  }

  @Test
  @Order(10)
  void shouldScaleByKubectl() {
    k8s.must("-n", HOME, "scale", "cluster.leat.dev/" + CLUSTER, "--replicas=5");
    await("there are five", LIMIT, () -> readyBrokers().equals("5"));
    long records = k8s.readable("killed");
    k8s.startLoad("killed", LOAD_S);

    k8s.must("-n", HOME, "scale", "cluster.leat.dev/" + CLUSTER, "--replicas=3");
    JsonNode load = k8s.endLoad(LOAD_S);
    long ms =
        await(
            "there are three",
            LIMIT,
            () -> k8s.field(HOME, "statefulset/" + CLUSTER, ".status.replicas").equals("3"));

    say("scaled from 5 to 3 in %d ms after %d s of load", ms, LOAD_S);
    assertThat(k8s.readable("killed")).isEqualTo(records + load.path("records").asLong());
    assertThat(k8s.kubectl("-n", HOME, "get", "pvc", "data-" + CLUSTER + "-4").isOk())
        .as("the volume of the broker that went stays")
        .isTrue();
  }

  @Test
  @Order(11)
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
  @Order(12)
  void shouldFindAllDataAgainWhenTheClusterIsMadeAnew() {
    long records = k8s.readable("killed");

    k8s.must("-n", HOME, "annotate", "cluster.leat.dev", CLUSTER, "leat.dev/allow-deletion=true");
    k8s.must("-n", HOME, "delete", "cluster.leat.dev", CLUSTER, "--timeout=100s");
    await(
        "all pods are gone",
        LIMIT,
        () ->
            k8s.must("-n", HOME, "get", "pods", "-l", "leat.dev/cluster", "-o", "name").isEmpty());
    k8s.apply(cluster(3).replace("size: 1Gi", "size: 2Gi"));
    await("the Cluster is Ready", LIMIT, this::isSettled);
    await("the topic is Ready", LIMIT, () -> k8s.phase("killed").equals("Ready"));

    assertThat(k8s.readable("killed")).isEqualTo(records);
  }

  @Test
  @Order(13)
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

  private void makeTopic(String name) {
    k8s.apply(k8s.topic(name, "{cluster: leat-system/main, partitions: 3}"));
    await("the topic is Ready", LIMIT, () -> k8s.phase(name).equals("Ready"));
  }

  private void killOperator() {
    k8s.must(
        "-n",
        HOME,
        "delete",
        "pod",
        "-l",
        "app.kubernetes.io/component=operator",
        "--grace-period=0",
        "--force");
  }

  private boolean isSettled() {
    return k8s.condition("Ready").equals("True")
        && k8s.condition("Progressing").equals("False")
        && k8s.field(HOME, "cluster.leat.dev/" + CLUSTER, ".status.observedGeneration")
            .equals(k8s.field(HOME, "cluster.leat.dev/" + CLUSTER, ".metadata.generation"));
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
        spec:
          brokers: %d
          storage: {size: 1Gi}
          listeners:
            - {name: internal, kafkaPort: 9092}
            - {name: outside, type: nodeport, grpcPort: 9191, kafkaPort: 9093}
        """
        .formatted(brokers);
  }

  private static void say(String format, Object... values) {
    System.out.println("story: " + format.formatted(values));
  }
}
