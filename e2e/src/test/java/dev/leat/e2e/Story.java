package dev.leat.e2e;

import static dev.leat.e2e.Kubernetes.CLUSTER;
import static dev.leat.e2e.Kubernetes.HOME;
import static dev.leat.e2e.Kubernetes.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.function.BooleanSupplier;

/**
 * The classes of stories, and the stories of each, run in their order on one cluster, each on what
 * the one before left. {@code LEAT_E2E_IMAGE} (NAME:TAG) must be on its nodes, {@code
 * LEAT_E2E_NEXT_IMAGE} is one to upgrade to, {@code LEAT_E2E_CLUSTER} is the command of a cluster
 * that can be broken on purpose.
 */
abstract class Story {
  static final Duration LIMIT = Duration.ofSeconds(180);
  static final String IMAGE = System.getenv().getOrDefault("LEAT_E2E_IMAGE", "leat:dev");
  static final int KAFKA_PORT = 9092;
  static final int LOAD_S = 30;

  private static final int START_LIMIT_S = 15;

  final Kubernetes k8s = new Kubernetes(IMAGE);

  /** How long brokers took from the start of their containers until they were Ready. */
  void sayStarts() {
    for (int broker = 0; broker < 3; broker++) {
      String pod = "pod/" + CLUSTER + "-" + broker;
      Instant started =
          Instant.parse(
              k8s.field(HOME, pod, ".status.containerStatuses[0].state.running.startedAt"));
      Instant ready =
          Instant.parse(
              k8s.field(HOME, pod, ".status.conditions[?(@.type==\"Ready\")].lastTransitionTime"));
      long seconds = Duration.between(started, ready).toSeconds();
      say("broker %d: Ready %d s after the start of its container", broker, seconds);
      assertThat(seconds).isLessThanOrEqualTo(START_LIMIT_S);
    }
  }

  void check(String story, String topic, JsonNode load) {
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

  void makeTopic(String name) {
    k8s.apply(k8s.topic(name, "{cluster: leat-system/main, partitions: 3}"));
    await("the topic is Ready", LIMIT, () -> k8s.phase(name).equals("Ready"));
  }

  void killOperator() {
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

  boolean isSettled() {
    return k8s.condition("Ready").equals("True")
        && k8s.condition("Progressing").equals("False")
        && k8s.field(HOME, "cluster.leat.dev/" + CLUSTER, ".status.observedGeneration")
            .equals(k8s.field(HOME, "cluster.leat.dev/" + CLUSTER, ".metadata.generation"));
  }

  String readyBrokers() {
    return k8s.field(HOME, "cluster.leat.dev/" + CLUSTER, ".status.readyBrokers");
  }

  void patchCluster(String patch) {
    k8s.must("-n", HOME, "patch", "cluster.leat.dev", CLUSTER, "--type=merge", "-p", patch);
  }

  static BooleanSupplier afterSeconds(long seconds) {
    long start = System.nanoTime();
    return () -> System.nanoTime() - start >= Duration.ofSeconds(seconds).toNanos();
  }

  static void run(String... command) {
    Shell.Result result = Shell.run(LIMIT.toSeconds(), "", new ArrayList<>(Arrays.asList(command)));
    assertThat(result.isOk()).as(result.err()).isTrue();
  }

  static String cluster(int brokers) {
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

  static void say(String format, Object... values) {
    System.out.println("story: " + format.formatted(values));
  }
}
