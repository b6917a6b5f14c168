package dev.leat.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** The Kubernetes cluster that {@code KUBECONFIG} names, with Leat in it. */
final class Kubernetes {
  /** Where the operator and the Cluster are. */
  static final String HOME = "leat-system";

  /** Where the application team is. */
  static final String TEAM = "shop";

  static final String CLUSTER = "main";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LOAD_RATE = 200;
  private static final long CALL_S = 120;
  private static final long POLL_MS = 250;

  private final String image;

  Kubernetes(String image) {
    this.image = image;
  }

  Shell.Result kubectl(String... arguments) {
    return kubectlWith("", arguments);
  }

  Shell.Result kubectlWith(String input, String... arguments) {
    List<String> command = new ArrayList<>(List.of("kubectl"));
    command.addAll(Arrays.asList(arguments));
    return Shell.run(CALL_S, input, command);
  }

  /** Output of a call that must succeed. */
  String must(String... arguments) {
    Shell.Result result = kubectl(arguments);
    assertThat(result.isOk()).as(String.join(" ", arguments) + ": " + result.err()).isTrue();
    return result.out();
  }

  void apply(String yaml) {
    Shell.Result result = kubectlWith(yaml, "apply", "-f", "-");
    assertThat(result.isOk()).as(result.err()).isTrue();
  }

  /** What the API server says to something that it refuses. */
  String refusal(String yaml) {
    Shell.Result result = kubectlWith(yaml, "apply", "-f", "-");
    assertThat(result.isOk()).as("this was taken: " + yaml).isFalse();
    return result.err();
  }

  String topic(String name, String spec) {
    return topic(TEAM, name, spec);
  }

  String topic(String namespace, String name, String spec) {
    return """
        apiVersion: leat.dev/v1alpha1
        kind: Topic
        metadata: {name: %s, namespace: %s}
        spec: %s
        """
        .formatted(name, namespace, spec);
  }

  /** Gives a resource the status that it had in {@code older}, as after a restored etcd. */
  void putBack(String resource, String older) {
    ObjectNode current = (ObjectNode) json(must("-n", HOME, "get", resource, "-o", "json"));
    current.set("status", json(older).path("status"));
    // Whatever is written meanwhile.
    ((ObjectNode) current.path("metadata")).remove("resourceVersion");
    Shell.Result result = kubectlWith(current.toString(), "replace", "-f", "-");
    assertThat(result.isOk()).as(result.err()).isTrue();
  }

  static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new AssertionError("no JSON: " + text, e);
    }
  }

  /** Number of the broker that is the controller. */
  int controller() {
    return json(leat("", "cluster", "status", "--json").out()).path("controller").asInt(-1);
  }

  boolean isNodeReady(String node) {
    String path = ".status.conditions[?(@.type==\"Ready\")].status";
    return field("default", "node/" + node, path).equals("True");
  }

  /** Memory of a pod's first process, MiB; its image may have a shell and nothing more. */
  long residentMib(String pod) {
    String read =
        "while read -r key kib rest; do [ $key != VmRSS: ] || echo $kib; done </proc/1/status";
    return Long.parseLong(must("-n", HOME, "exec", pod, "--", "sh", "-c", read).strip()) / 1024;
  }

  String field(String namespace, String resource, String path) {
    Shell.Result result =
        kubectl("-n", namespace, "get", resource, "-o", "jsonpath={" + path + "}");
    return result.isOk() ? result.out() : "";
  }

  String phase(String topic) {
    return field(TEAM, "topic.leat.dev/" + topic, ".status.phase");
  }

  /** What a condition of a resource says to people; empty if it has none. */
  String message(String namespace, String resource, String type) {
    return field(namespace, resource, ".status.conditions[?(@.type==\"" + type + "\")].message");
  }

  String condition(String type) {
    return field(
        HOME,
        "cluster.leat.dev/" + CLUSTER,
        ".status.conditions[?(@.type==\"" + type + "\")].status");
  }

  /** The leat command in the pod of broker 0. */
  Shell.Result leat(String input, String... arguments) {
    List<String> command = new ArrayList<>(List.of("-n", HOME, "exec", "-i", CLUSTER + "-0", "--"));
    command.add("/opt/leat/bin/leat");
    command.addAll(Arrays.asList(arguments));
    command.addAll(List.of("--bootstrap", bootstrap()));
    return kubectlWith(input, command.toArray(String[]::new));
  }

  private static String bootstrap() {
    return CLUSTER + "-bootstrap." + HOME + ".svc:9190";
  }

  /** Number of records that can be read. */
  long readable(String topic) {
    Shell.Result result =
        leat("", "consume", topic, "--from-beginning", "--exit-at-end", "--format", "json");
    assertThat(result.isOk()).as(result.err()).isTrue();
    return result.out().lines().count();
  }

  /** Starts a pod that produces at a steady rate. */
  void startLoad(String topic, int seconds) {
    startLoad(topic, seconds, "");
  }

  /** The same on one node; an empty name stands for any. */
  void startLoad(String topic, int seconds, String node) {
    must("-n", TEAM, "delete", "pod", "load", "--ignore-not-found", "--wait=true");
    apply(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: load, namespace: %s}
        spec:
          nodeName: "%s"
          restartPolicy: Never
          terminationGracePeriodSeconds: 1
          containers:
            - name: load
              image: %s
              imagePullPolicy: IfNotPresent
              command: [/opt/leat/bin/leat, perf, produce, %s, --records, "%d", --rate, "%d",
                --size, "100", --json]
              env: [{name: LEAT_BOOTSTRAP, value: "%s"}]
        """
            .formatted(TEAM, node, image, topic, seconds * LOAD_RATE, LOAD_RATE, bootstrap()));
    await("the load runs", Duration.ofSeconds(60), () -> podPhase("load").equals("Running"));
    long before = readable(topic);
    await("the first records are there", Duration.ofSeconds(60), () -> readable(topic) > before);
  }

  /** Runs a pod of the team to its end, which must be a success; returns its log. */
  String runPod(String name, String yaml) {
    must("-n", TEAM, "delete", "pod", name, "--ignore-not-found", "--wait=true");
    apply(yaml);
    await(
        "pod " + name + " ends",
        Duration.ofSeconds(CALL_S),
        () -> List.of("Succeeded", "Failed").contains(podPhase(name)));
    String log = must("-n", TEAM, "logs", name);
    assertThat(podPhase(name)).as(log).isEqualTo("Succeeded");
    return log;
  }

  String podPhase(String pod) {
    return field(TEAM, "pod/" + pod, ".status.phase");
  }

  /** What the load says at its end: every record was acknowledged. */
  JsonNode endLoad(int seconds) {
    await(
        "the load ends",
        Duration.ofSeconds(seconds + 180L),
        () -> List.of("Succeeded", "Failed").contains(podPhase("load")));
    String said = must("-n", TEAM, "logs", "load");
    JsonNode result = json(said.substring(Math.max(0, said.indexOf('{'))));
    assertThat(result.path("errors").asLong(-1)).as(said).isZero();
    return result;
  }

  /** Returns the milliseconds after which it held. */
  static long await(String what, Duration limit, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start > limit.toNanos()) {
        throw new AssertionError(what + ": not within " + limit.toSeconds() + " s");
      }
      pause();
    }
    return (System.nanoTime() - start) / 1_000_000;
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(POLL_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
