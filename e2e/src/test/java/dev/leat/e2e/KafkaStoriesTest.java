package dev.leat.e2e;

import static dev.leat.e2e.Kubernetes.CLUSTER;
import static dev.leat.e2e.Kubernetes.HOME;
import static dev.leat.e2e.Kubernetes.TEAM;
import static dev.leat.e2e.Kubernetes.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Kafka's clients inside and outside of Kubernetes, on topics that are resources. */
@Tag("e2e")
@Order(2)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KafkaStoriesTest extends Story {
  private static final String KCAT =
      System.getenv().getOrDefault("LEAT_E2E_KCAT_IMAGE", "edenhill/kcat:1.7.1");
  private static final List<String> LINES = IntStream.range(0, 500).mapToObj(i -> "l" + i).toList();

  @Test
  @Order(1)
  void shouldServeKcatInAPod() {
    makeTopic("kcat");
    k8s.apply(
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: lines, namespace: %s}
        data:
          lines: "%s"
        """
            .formatted(TEAM, String.join("\\n", LINES)));

    k8s.runPod("kcat", kcat("-P, -t, kcat, -l, /lines/lines"));
    String read = k8s.runPod("kcat", kcat("-C, -t, kcat, -o, beginning, -e, -q"));

    assertThat(read.lines().toList()).containsExactlyInAnyOrderElementsOf(LINES);
  }

  private static String kcat(String arguments) {
    return """
        apiVersion: v1
        kind: Pod
        metadata: {name: kcat, namespace: %s}
        spec:
          restartPolicy: Never
          containers:
            - name: kcat
              image: %s
              imagePullPolicy: IfNotPresent
              args: [-b, "%s-bootstrap.%s.svc:%d", %s]
              volumeMounts: [{name: lines, mountPath: /lines}]
          volumes: [{name: lines, configMap: {name: lines}}]
        """
        .formatted(TEAM, KCAT, CLUSTER, HOME, KAFKA_PORT, arguments);
  }

  @Test
  @Order(2)
  void shouldServeKcatAtPortsOfTheNodes() {
    if (breakingTool("kcat through NodePort, as nodes may not be reachable from here") == null) {
      return;
    }
    Shell.Result read =
        Shell.run(
            LIMIT.toSeconds(),
            "",
            List.of(
                "kcat", "-b", outside("kafka"), "-C", "-t", "kcat", "-o", "beginning", "-e", "-q"));

    assertThat(read.isOk()).as(read.err()).isTrue();
    assertThat(read.out().lines().toList()).containsExactlyInAnyOrderElementsOf(LINES);
  }

  @Test
  @Order(3)
  void shouldMakeTopicResourcesOfTopicsThatKafkaClientsCreate() throws Exception {
    if (breakingTool("topics created by Kafka's admin client through NodePort") == null) {
      return;
    }
    try (KafkaClients clients = new KafkaClients(outside("kafka"));
        Admin admin = clients.admin()) {
      admin.createTopics(List.of(new NewTopic("By.Kafka", 2, (short) 3))).all().get();

      assertThat(k8s.must("-n", HOME, "get", "topics.leat.dev", "-o", "jsonpath={.items[*].spec}"))
          .contains("\"topicName\":\"By.Kafka\"");
      assertThatThrownBy(
              () -> admin.createTopics(List.of(new NewTopic("even", 2, (short) 2))).all().get())
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(InvalidReplicationFactorException.class);

      admin.deleteTopics(List.of("By.Kafka")).all().get();
      await(
          "its resource is gone",
          LIMIT,
          () ->
              !k8s.must("-n", HOME, "get", "topics.leat.dev", "-o", "jsonpath={.items[*].spec}")
                  .contains("By.Kafka"));
    }
  }

  @Test
  @Order(4)
  void shouldKeepAGroupWhenTheCoordinatorsPodIsDeletedByForce() throws Exception {
    if (breakingTool("a Kafka group through NodePort whose coordinator's pod goes") == null) {
      return;
    }
    makeTopic("grouped");
    try (KafkaClients clients = new KafkaClients(outside("kafka"));
        Admin admin = clients.admin();
        KafkaConsumer<String, String> member = clients.member("survivors")) {
      member.subscribe(List.of("grouped"));
      clients.produce("grouped", values("before"));
      assertThat(KafkaClients.poll(member, 100)).isEqualTo(Set.copyOf(values("before")));
      member.commitSync();
      int coordinator =
          admin
              .describeConsumerGroups(List.of("survivors"))
              .describedGroups()
              .get("survivors")
              .get()
              .coordinator()
              .id();

      k8s.must(
          "-n", HOME, "delete", "pod", CLUSTER + "-" + coordinator, "--grace-period=0", "--force");
      long start = System.nanoTime();
      clients.produce("grouped", values("after"));
      Set<String> after = KafkaClients.poll(member, 100);
      member.commitSync();
      long ms = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);

      say("group whose coordinator's pod was deleted by force: read on and committed in %d ms", ms);
      assertThat(after).isEqualTo(Set.copyOf(values("after")));
    }
    await("the broker is back", LIMIT, this::isSettled);
    try (KafkaClients clients = new KafkaClients(outside("kafka"))) {
      clients.produce("grouped", List.of("last"));
      assertThat(clients.consume("grouped", "survivors", 1)).containsExactly("last");
    }
  }

  private static List<String> values(String prefix) {
    return IntStream.range(0, 100).mapToObj(i -> prefix + i).collect(Collectors.toList());
  }
}
