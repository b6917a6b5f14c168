package dev.leat.e2e;

import static dev.leat.e2e.Kubernetes.CLUSTER;
import static dev.leat.e2e.Kubernetes.HOME;
import static dev.leat.e2e.Kubernetes.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * The classes of stories, and the stories of each, run in their order on one cluster, each on what
 * the one before left. {@code LEAT_E2E_IMAGE} (NAME:TAG) must be on its nodes, {@code
 * LEAT_E2E_NEXT_IMAGE} is one to upgrade to, {@code LEAT_E2E_CLUSTER} is the command of a cluster
 * that can be broken on purpose. Those with the tag {@code e2e-short} can do without the others.
 * With {@code -Dleat.e2e.killOperator=true} the operator is killed again and again meanwhile.
 */
abstract class Story {
  static final Duration LIMIT = Duration.ofSeconds(180);
  static final String IMAGE = System.getenv().getOrDefault("LEAT_E2E_IMAGE", "leat:dev");
  static final int KAFKA_PORT = 9092;
  static final int LOAD_S = 30;

  /** 5 s are wanted of a machine that has nothing else to do: three JVMs start at once here. */
  private static final int START_LIMIT_S = 10;

  private static final int BUSY_START_LIMIT_S = 40;
  private static final double BUSY_LOAD = 4;

  private static @Nullable OperatorKiller killer;

  final Kubernetes k8s = new Kubernetes(IMAGE);

  @BeforeAll
  static void beginToKillTheOperator() {
    if (Boolean.getBoolean("leat.e2e.killOperator")) {
      killer = new OperatorKiller(new Kubernetes(IMAGE));
    }
  }

  @AfterAll
  static void sayWhatItCost() {
    OperatorKiller running = killer;
    if (running != null) {
      say("meanwhile the operator was killed %d times", running.stop());
      killer = null;
    }
    Gaps.table().forEach(line -> say("gaps: %s", line));
  }

  /** The command that breaks this Kubernetes cluster on purpose; null if there is none. */
  static @Nullable String breakingTool(String story) {
    String tool = System.getenv("LEAT_E2E_CLUSTER");
    if (tool == null) {
      say("left out, as this Kubernetes cluster cannot be broken on purpose: %s", story);
    }
    return tool;
  }

  /** Installs the chart with this image, and more settings. */
  static void installOperator(String... settings) {
    String[] image = IMAGE.split(":");
    List<String> command =
        new ArrayList<>(
            List.of("helm", "install", "leat", "../helm/leat", "-n", HOME, "--create-namespace"));
    command.addAll(List.of("--set", "image.repository=" + image[0] + ",image.tag=" + image[1]));
    for (String setting : settings) {
      command.addAll(List.of("--set", setting));
    }
    Shell.Result helm = Shell.run(LIMIT.toSeconds(), "", command);
    assertThat(helm.isOk()).as(helm.err()).isTrue();
  }

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
      double load = load();
      say(
          "broker %d: Ready %d s after the start of its container (load per processor %.1f)",
          broker, seconds, load);
      assertThat(seconds)
          .isLessThanOrEqualTo(load > BUSY_LOAD ? BUSY_START_LIMIT_S : START_LIMIT_S);
    }
  }

  /** Of this machine, on which the Kubernetes cluster may be. */
  private static double load() {
    OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
    return system.getSystemLoadAverage() / system.getAvailableProcessors();
  }

  void check(String story, String topic, JsonNode load) {
    long readable = k8s.readable(topic);
    Gaps.note(story, load, readable);
    say(
        "%s: %d records acknowledged, %d readable, latency p50 %s ms, max %s ms",
        story,
        load.path("records").asLong(),
        readable,
        load.path("latencyMs").path("p50"),
        load.path("latencyMs").path("max"));
    assertThat(readable).isEqualTo(load.path("records").asLong());
  }

  /** Where clients outside begin, gRPC's or Kafka's; awaits that all three brokers have one. */
  String outside(String protocol) {
    String listener = ".status.bootstrap[?(@.listener==\"outside\")]";
    await(
        "all brokers have an address outside",
        LIMIT,
        () ->
            k8s.field(HOME, "cluster.leat.dev/" + CLUSTER, listener + ".brokers[*].id")
                .equals("0 1 2"));
    return k8s.field(HOME, "cluster.leat.dev/" + CLUSTER, listener + "." + protocol);
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
