package dev.leat.e2e;

import static dev.leat.e2e.Kubernetes.CLUSTER;
import static dev.leat.e2e.Kubernetes.HOME;
import static dev.leat.e2e.Kubernetes.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
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

/** What breaks under load costs no record and no hand. */
@Tag("e2e")
@Order(4)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FaultStoriesTest extends Story {
  private static final String STATE = "clusterstate.leat.dev/" + CLUSTER;
  private static final int OUTAGE_S = Integer.getInteger("leat.e2e.outageS", 60);
  private static final int NODE_LOAD_S = 60;
  private static final int CUT_S = 15;

  @Test
  @Tag("e2e-short")
  @Order(1)
  void shouldShowAnUndisturbedRun() {
    makeTopic("calm");
    k8s.startLoad("calm", LOAD_S);

    check(Gaps.UNDISTURBED, "calm", k8s.endLoad(LOAD_S));
  }

  @Test
  @Tag("e2e-short")
  @Order(2)
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
  @Order(3)
  void shouldBeRightAgainWhenTheStateIsPutBackToAnOlderCopy() {
    makeTopic("restored");
    String older = k8s.must("-n", HOME, "get", STATE, "-o", "json");
    k8s.startLoad("restored", LOAD_S);
    k8s.must("-n", HOME, "delete", "pod", CLUSTER + "-2", "--wait=false");
    await("somebody else leads", LIMIT, () -> !epochs().equals(epochsIn(older)));
    await("the broker is back", LIMIT, this::isSettled);
    String newer = epochs();

    k8s.putBack(STATE, older);

    check("ClusterState put back to an older copy", "restored", k8s.endLoad(LOAD_S));
    await("ClusterState is right again", LIMIT, () -> isAtLeast(epochs(), newer));
  }

  @Test
  @Order(4)
  void shouldGoOnWhenAProcessIsKilled() {
    String tool = breakingTool("kill -9 of a broker");
    if (tool == null) {
      return;
    }
    makeTopic("shot");
    String node = nodeOf(CLUSTER + "-1");
    k8s.startLoad("shot", LOAD_S, otherNode(node));

    run(tool, "exec", node, "pkill", "-9", "-f", "broker.server.pod.Main");

    check("kill -9 of a broker", "shot", k8s.endLoad(LOAD_S));
    await("everything is settled", LIMIT, this::isSettled);
  }

  @Test
  @Tag("e2e-short")
  @Order(5)
  void shouldGoOnWhileTheApiServerIsDown() {
    String tool = breakingTool("API server down");
    if (tool == null) {
      return;
    }
    makeTopic("outage");
    k8s.startLoad("outage", OUTAGE_S + LOAD_S);

    run(tool, "node-kill", "control");
    BooleanSupplier over = afterSeconds(OUTAGE_S);
    run(tool, "exec", "node-1", "pkill", "-9", "-f", "broker.server.pod.Main");
    await("the outage has lasted", Duration.ofSeconds(2L * OUTAGE_S), over);
    run(tool, "node-start", "control");
    await("the API is back", LIMIT, () -> k8s.kubectl("get", "--raw", "/readyz").isOk());

    check(
        "API server down for %d s, a broker killed meanwhile".formatted(OUTAGE_S),
        "outage",
        k8s.endLoad(OUTAGE_S + LOAD_S));
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
  @Order(6)
  void shouldGoOnWhenANodeLosesItsPower() {
    String tool = breakingTool("node without power");
    if (tool == null) {
      return;
    }
    makeTopic("dark");
    String controller = CLUSTER + "-" + k8s.controller();
    String dark = nodeOf(controller);
    k8s.startLoad("dark", NODE_LOAD_S, otherNode(dark));

    run(tool, "node-kill", dark);
    await("the node is seen to be gone", LIMIT, () -> !k8s.isNodeReady(dark));
    run(tool, "node-start", dark);

    check("node of the controller without power", "dark", k8s.endLoad(NODE_LOAD_S));
    await("everything is settled", LIMIT, this::isSettled);
  }

  @Test
  @Order(7)
  void shouldGoOnWhenTheLinkOfANodeIsCut() {
    String tool = breakingTool("link of a node cut");
    if (tool == null) {
      return;
    }
    makeTopic("cut");
    String node = nodeOf(CLUSTER + "-2");
    k8s.startLoad("cut", NODE_LOAD_S, otherNode(node));

    run(tool, "partition", node);
    BooleanSupplier over = afterSeconds(CUT_S);
    await("the cut has lasted", LIMIT, over);
    run(tool, "heal", node);

    check("link of a node cut", "cut", k8s.endLoad(NODE_LOAD_S));
    await("everything is settled", LIMIT, this::isSettled);
  }

  @Test
  @Order(8)
  void shouldMoveLeadersBeforeANodeIsDrained() {
    makeTopic("drained");
    String node = nodeOf(CLUSTER + "-1");
    k8s.startLoad("drained", LOAD_S, otherNode(node));

    k8s.must(
        "drain", node, "--ignore-daemonsets", "--delete-emptydir-data", "--force", "--timeout=90s");
    await("the risk is said", LIMIT, () -> k8s.condition("QuorumAtRisk").equals("True"));
    k8s.must("uncordon", node);

    check("node drained", "drained", k8s.endLoad(LOAD_S));
    await("everything is settled", LIMIT, this::isSettled);
  }

  @Test
  @Order(9)
  void shouldFillAVolumeThatWasLost() {
    makeTopic("refilled");
    String claim = "data-" + CLUSTER + "-2";
    String before = k8s.field(HOME, "pvc/" + claim, ".metadata.uid");
    k8s.startLoad("refilled", LOAD_S, otherNode(nodeOf(CLUSTER + "-2")));

    k8s.must("-n", HOME, "delete", "pvc", claim, "--wait=false");
    k8s.must("-n", HOME, "delete", "pod", CLUSTER + "-2", "--wait=false");

    check("volume of a broker lost", "refilled", k8s.endLoad(LOAD_S));
    await("everything is settled", LIMIT, this::isSettled);
    await("everything is on three disks again", LIMIT, this::isWhole);
    assertThat(k8s.field(HOME, "pvc/" + claim, ".metadata.uid")).isNotEmpty().isNotEqualTo(before);
  }

  private boolean isWhole() {
    return k8s.leat("", "cluster", "status").out().contains("leaderless 0, lagging 0, moving 0");
  }

  private String epochs() {
    return k8s.must("-n", HOME, "get", STATE, "-o", "jsonpath={.status.groups[*].epoch}");
  }

  private static String epochsIn(String json) {
    return Kubernetes.json(json).path("status").path("groups").findValuesAsText("epoch").stream()
        .collect(Collectors.joining(" "));
  }

  private static boolean isAtLeast(String epochs, String floor) {
    List<Long> have = Arrays.stream(epochs.split(" ")).map(Long::valueOf).toList();
    List<Long> want = Arrays.stream(floor.split(" ")).map(Long::valueOf).toList();
    return have.size() == want.size()
        && IntStream.range(0, have.size()).allMatch(i -> have.get(i) >= want.get(i));
  }

  private String nodeOf(String pod) {
    return k8s.field(HOME, "pod/" + pod, ".spec.nodeName");
  }

  private String otherNode(String node) {
    return Arrays.stream(k8s.must("get", "nodes", "-o", "name").split("\\s+"))
        .map(name -> name.substring(name.indexOf('/') + 1))
        .filter(name -> !name.equals(node))
        .findFirst()
        .orElseThrow();
  }
}
