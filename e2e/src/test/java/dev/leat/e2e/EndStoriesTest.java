package dev.leat.e2e;

import static dev.leat.e2e.Kubernetes.CLUSTER;
import static dev.leat.e2e.Kubernetes.HOME;
import static dev.leat.e2e.Kubernetes.TEAM;
import static dev.leat.e2e.Kubernetes.await;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** What is taken away leaves nothing behind, and no data goes with it. */
@Tag("e2e")
@Order(4)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EndStoriesTest extends Story {
  @Test
  @Order(1)
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
  @Order(2)
  void shouldDeleteANamespaceWithTopics() {
    k8s.must("-n", TEAM, "delete", "pod", "load", "--ignore-not-found");

    long start = System.nanoTime();
    k8s.must("delete", "namespace", TEAM, "--wait=true", "--timeout=100s");

    say("namespace with topics deleted after %d ms", (System.nanoTime() - start) / 1_000_000);
    assertThat(k8s.leat("", "topic", "list").out()).doesNotContain("killed");
  }
}
