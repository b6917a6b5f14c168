package dev.leat.e2e;

import static dev.leat.e2e.Kubernetes.CLUSTER;
import static dev.leat.e2e.Kubernetes.HOME;
import static dev.leat.e2e.Kubernetes.TEAM;
import static dev.leat.e2e.Kubernetes.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** What is taken away leaves nothing behind, and no data goes with it. */
@Tag("e2e")
@Order(6)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EndStoriesTest extends Story {
  private static final String OPERATOR = "app.kubernetes.io/component=operator";

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

  @Test
  @Order(3)
  void shouldProtectTheDefinitions() {
    Shell.Result result = k8s.kubectl("delete", "crd", "topics.leat.dev");

    assertThat(result.isOk()).isFalse();
    assertThat(result.err()).contains("topics.leat.dev is protected from deletion");
  }

  @Test
  @Order(4)
  void shouldLeaveNothingBehindWhenEverythingIsTakenAwayInOrder() {
    Shell.Result refused = k8s.kubectl("delete", "namespace", HOME);
    assertThat(refused.isOk()).isFalse();
    assertThat(refused.err()).contains("this namespace has the operator of Leat in it");

    k8s.must("-n", HOME, "delete", "topics.leat.dev", "--all", "--timeout=60s");
    k8s.must("-n", HOME, "annotate", "cluster.leat.dev", CLUSTER, "leat.dev/allow-deletion=true");
    k8s.must("-n", HOME, "delete", "cluster.leat.dev", CLUSTER, "--timeout=100s");
    uninstall();

    removeDefinitions();
    await(
        "its volumes are gone",
        LIMIT,
        () ->
            k8s.must(
                    "get",
                    "pv",
                    "-o",
                    "jsonpath={.items[?(@.spec.claimRef.namespace==\"%s\")].metadata.name}"
                        .formatted(HOME))
                .isEmpty());
  }

  @Test
  @Order(5)
  void shouldWaitForDefinitionsThatAreMissing() {
    installOperator("crds.install=false");
    await(
        "the operator says what is missing",
        LIMIT,
        () ->
            k8s.kubectl("-n", HOME, "logs", "-l", OPERATOR, "--tail=-1")
                .out()
                .contains("the definition clusters.leat.dev is missing"));

    k8s.must("apply", "-f", "../crds/src/main/resources/dev/leat/crds/");
    k8s.apply(cluster(1));

    await("the Cluster is Ready", LIMIT, () -> k8s.condition("Ready").equals("True"));
    uninstall();
    removeDefinitions();
  }

  private void uninstall() {
    Shell.run(LIMIT.toSeconds(), "", List.of("helm", "uninstall", "leat", "-n", HOME));
    // Policies that have just been removed may be heeded for a moment longer.
    await(
        "the namespace is gone",
        LIMIT,
        () ->
            k8s.kubectl("delete", "namespace", HOME, "--ignore-not-found", "--timeout=60s").isOk());
    k8s.must("delete", "clusterrole,clusterrolebinding", "-l", OPERATOR);
    k8s.must(
        "delete",
        "validatingadmissionpolicy,validatingadmissionpolicybinding,flowschema,"
            + "prioritylevelconfiguration",
        "-l",
        OPERATOR);
    k8s.must("delete", "clusterrolebinding", "leat-broker-topics", "--ignore-not-found");
  }

  private void removeDefinitions() {
    for (String name : List.of("topics", "clusters", "clusterstates")) {
      String definition = name + ".leat.dev";
      k8s.must("annotate", "crd", definition, "leat.dev/allow-deletion=true");
      k8s.must("delete", "crd", definition, "--timeout=60s");
    }
  }
}
