package dev.leat.operator.status;

import dev.leat.crds.Cluster;
import dev.leat.crds.ClusterState;
import dev.leat.crds.ClusterStatus;
import dev.leat.crds.Condition;
import dev.leat.operator.desired.DesiredCluster;
import dev.leat.operator.desired.Names;
import dev.leat.operator.plan.BrokerPod;
import dev.leat.operator.plan.Quorums;
import dev.leat.operator.plan.RollPlan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the status of a Cluster says. */
public final class ClusterView {
  /** Groups gave records up to go on without a quorum. For ever: nothing brings those back. */
  public static final String POSSIBLE_DATA_LOSS = "PossibleDataLoss";

  private static final int MAX_NAMES = 8;

  // A group's number is replicas << 12 | index; people write replicas/index.
  private static final int INDEX_BITS = 12;
  private static final int MAX_INDEX = (1 << INDEX_BITS) - 1;

  private final Cluster cluster;
  private final Seen seen;
  private final Instant now;

  /**
   * What was seen.
   *
   * @param pods pods of brokers
   * @param state who is there and votes
   * @param image image that the brokers are to run
   * @param roll what the roll waits for or does
   * @param scaling why there are more brokers than asked for
   * @param outside what clients outside see
   * @param troubles what went wrong in this round, one line each
   */
  public record Seen(
      List<BrokerPod> pods,
      Optional<ClusterState.Status> state,
      Optional<String> image,
      RollPlan.Step roll,
      Optional<String> scaling,
      OutsideView outside,
      List<String> troubles) {
    /** Copies. */
    public Seen {
      pods = List.copyOf(pods);
      troubles = List.copyOf(troubles);
    }
  }

  /** A look at {@code cluster}. */
  public ClusterView(Cluster cluster, Seen seen, Instant now) {
    this.cluster = cluster;
    this.seen = seen;
    this.now = now;
  }

  /** The status. */
  public ClusterStatus status() {
    return new ClusterStatus(
        cluster.metadata().generation(),
        seen.pods().size(),
        ready().size(),
        (int) seen.pods().stream().filter(BrokerPod::current).count(),
        seen.image(),
        Optional.of(
            Names.selector(cluster.metadata().name()).entrySet().stream()
                .map(label -> label.getKey() + "=" + label.getValue())
                .collect(Collectors.joining(","))),
        Stream.concat(
                Stream.of(DesiredCluster.bootstrap(cluster)), seen.outside().bootstraps().stream())
            .toList(),
        conditions());
  }

  private Set<Integer> ready() {
    return seen.pods().stream()
        .filter(BrokerPod::ready)
        .map(BrokerPod::broker)
        .collect(Collectors.toSet());
  }

  private List<Condition> conditions() {
    List<Condition> conditions = new ArrayList<>();
    conditions.add(readyCondition());
    conditions.add(progressing());
    conditions.add(atRisk());
    conditions.add(degraded());
    conditions.add(possibleDataLoss());
    return conditions;
  }

  private Condition readyCondition() {
    int wanted = cluster.spec().brokers();
    int serving = (int) ready().stream().filter(id -> id < wanted).count();
    return serving >= wanted
        ? condition("Ready", true, "AllBrokersReady", "")
        : condition(
            "Ready",
            false,
            "BrokersNotReady",
            serving + " of " + wanted + " brokers are ready" + problems());
  }

  private String problems() {
    return seen.pods().stream()
        .flatMap(
            pod -> pod.problem().map(text -> "; broker " + pod.broker() + ": " + text).stream())
        .collect(Collectors.joining());
  }

  private Condition progressing() {
    if (seen.scaling().isPresent()) {
      return condition("Progressing", true, "ScalingIn", seen.scaling().get());
    }
    return switch (seen.roll()) {
      case RollPlan.Step.Done done -> condition("Progressing", false, "UpToDate", "");
      case RollPlan.Step.Restart restart ->
          condition("Progressing", true, "Rolling", restart.text());
      case RollPlan.Step.Wait(String reason) -> condition("Progressing", true, "RollWaits", reason);
    };
  }

  private Condition atRisk() {
    if (seen.state().isEmpty()) {
      return condition("QuorumAtRisk", false, "NoGroups", "");
    }
    long groups = Quorums.atRisk(seen.state().get(), ready());
    return groups == 0
        ? condition("QuorumAtRisk", false, "EnoughVoters", "")
        : condition(
            "QuorumAtRisk",
            true,
            "VotersMissing",
            groups + " groups stop if they lose one more voter: bring the missing brokers back");
  }

  private Condition degraded() {
    List<String> troubles = new ArrayList<>(seen.troubles());
    troubles.addAll(seen.outside().waiting());
    return troubles.isEmpty()
        ? condition("Degraded", false, "AsExpected", "")
        : condition("Degraded", true, "Trouble", String.join("; ", troubles));
  }

  private Condition possibleDataLoss() {
    List<String> groups =
        seen.state().stream()
            .flatMap(state -> state.groups().stream())
            .filter(ClusterState.Group::possibleDataLoss)
            .map(group -> (group.id() >>> INDEX_BITS) + "/" + (group.id() & MAX_INDEX))
            .toList();
    return groups.isEmpty()
        ? condition(POSSIBLE_DATA_LOSS, false, "NothingGivenUp", "")
        : condition(
            POSSIBLE_DATA_LOSS,
            true,
            "UncleanElection",
            groups.size()
                + " groups once began again without a quorum, and may lack acknowledged records: "
                + String.join(", ", groups.subList(0, Math.min(MAX_NAMES, groups.size())))
                + (groups.size() > MAX_NAMES ? ", ..." : ""));
  }

  private Condition condition(String type, boolean holds, String reason, String message) {
    Condition.Status status = holds ? Condition.Status.TRUE : Condition.Status.FALSE;
    Instant since =
        cluster
            .status()
            .condition(type)
            .filter(before -> before.status() == status)
            .map(Condition::lastTransitionTime)
            .orElse(now);
    return new Condition(type, status, cluster.metadata().generation(), since, reason, message);
  }
}
