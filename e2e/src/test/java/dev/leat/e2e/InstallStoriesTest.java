package dev.leat.e2e;

import static dev.leat.e2e.Kubernetes.CLUSTER;
import static dev.leat.e2e.Kubernetes.HOME;
import static dev.leat.e2e.Kubernetes.TEAM;
import static dev.leat.e2e.Kubernetes.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** From an empty Kubernetes cluster to records of every kind of client. */
@Tag("e2e")
@Order(1)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class InstallStoriesTest extends Story {
  private static final String BULK = "bulk";
  private static final int TOPICS = 1_000;
  private static final String PHASES = "-ojsonpath={.items[*].status.phase}";

  @Test
  @Tag("e2e-short")
  @Order(1)
  void shouldInstallFromNothingUntilATopicIsReady() {
    installOperator();

    k8s.must("create", "namespace", TEAM);
    k8s.apply(cluster(3));
    k8s.apply(k8s.topic("click", "{cluster: leat-system/main, partitions: 6}"));

    long ms = await("the topic is Ready", LIMIT, () -> k8s.phase("click").equals("Ready"));
    await("the Cluster is Ready", LIMIT, () -> k8s.condition("Ready").equals("True"));
    say("Cluster of 3 and Topic applied to an empty cluster: Ready after %d ms", ms);
    sayStarts();
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
    assertThat(k8s.refusal(cluster(3).replace("1Gi", "1Gi, storageClassName: other")))
        .contains("spec.storage.storageClassName cannot change");
    assertThat(k8s.refusal(cluster(3).replace("storage:", "groups: 8\n  storage:")))
        .contains("spec.groups cannot change: it says where each partition lies");
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
    String grpc = outside("grpc");
    String kafka = outside("kafka");
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
  void shouldTakeAThousandTopicsAtOnce() {
    k8s.must("create", "namespace", BULK);
    String topics =
        IntStream.range(0, TOPICS)
            .mapToObj(i -> k8s.topic(BULK, "t" + i, "{cluster: leat-system/main, partitions: 1}"))
            .collect(Collectors.joining("---\n"));

    k8s.apply(topics);
    long ms =
        await(
            "all Topics are Ready",
            LIMIT,
            () -> count("Ready", k8s.must("-n", BULK, "get", "topics.leat.dev", PHASES)) == TOPICS);

    say("%d Topics: all Ready %d ms after the last one was accepted", TOPICS, ms);
    assertThat(ms).isLessThan(30_000);
    for (String pod : operatorPods()) {
      long mib = k8s.residentMib(pod);
      say("operator %s: %d MiB resident", pod, mib);
      assertThat(mib).isPositive().isLessThanOrEqualTo(200);
    }
    k8s.must("delete", "namespace", BULK, "--wait=true", "--timeout=110s");
  }

  @Test
  @Order(8)
  void shouldServePeopleByThePluginOfKubectl() {
    assertThat(plugin("hello\n", "produce", "click").isOk()).isTrue();

    Shell.Result read = plugin("", "consume", "click", "--from-beginning", "--exit-at-end");
    Shell.Result status = plugin("", "cluster", "status");

    assertThat(read.out().lines()).as(read.err()).contains("hello");
    assertThat(status.out()).as(status.err()).contains("leaderless 0");
  }

  private static Shell.Result plugin(String input, String... arguments) {
    List<String> command = new ArrayList<>(List.of("../cli/kubectl-leat", "-n", HOME));
    command.addAll(Arrays.asList(arguments));
    return Shell.run(LIMIT.toSeconds(), input, command);
  }

  private static long count(String word, String words) {
    return Arrays.stream(words.split(" ")).filter(word::equals).count();
  }

  private List<String> operatorPods() {
    String label = "app.kubernetes.io/component=operator";
    return k8s.must("-n", HOME, "get", "pods", "-l", label, "-o", "name").lines().toList();
  }
}
