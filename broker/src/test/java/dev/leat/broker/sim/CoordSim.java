package dev.leat.broker.sim;

import dev.leat.broker.control.coordination.ClusterView;
import dev.leat.broker.control.coordination.Timing;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.TopicId;
import dev.leat.broker.log.TopicPartition;
import dev.leat.broker.replication.GroupEvent;
import dev.leat.broker.replication.GroupStatus;
import dev.leat.broker.replication.Outcome;
import dev.leat.broker.replication.Role;
import dev.leat.crds.Cluster;
import dev.leat.crds.ClusterState;
import dev.leat.crds.ResourceName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A whole cluster: brokers with several groups, their links, the API server, and what goes wrong.
 */
final class CoordSim {
  static final ResourceName CLUSTER = new ResourceName("default", "c");

  /** Time to become well again: longer than the longest random pause. */
  private static final long HEAL_US = 14 * CoordPlan.SECOND_US;

  private final CoordPlan plan;
  private final SimClock clock;
  private final Sometimes sometimes = new Sometimes();
  private final CoordLinks links;
  private final CoordApi api;
  private final CoordChecker checker = new CoordChecker();
  private final CoordWitness witness = new CoordWitness(this);
  private final CoordFaults faults;
  private final List<CoordNode> nodes = new ArrayList<>();
  private final List<GroupId> wanted = new ArrayList<>();
  private final Map<GroupId, Integer> acks = new HashMap<>();
  private Timing timing = CoordNode.timing();
  private Cluster cluster;
  private long partitions;
  private boolean quiet;

  CoordSim(CoordPlan plan, long seed) {
    this.plan = plan;
    clock = new SimClock(seed);
    links = new CoordLinks(this);
    api = new CoordApi(clock, sometimes);
    faults = new CoordFaults(this);
    cluster = CoordNode.clusterOf(plan.brokers(), plan.groups());
    for (int replicas : plan.classes()) {
      for (int index = 0; index < plan.groups(); index++) {
        wanted.add(GroupId.of(replicas, index));
      }
    }
    for (int broker = 0; broker < plan.brokers(); broker++) {
      nodes.add(new CoordNode(broker, this));
    }
  }

  /** Before it starts only. */
  CoordSim with(Timing other) {
    timing = other;
    return this;
  }

  CoordPlan plan() {
    return plan;
  }

  Timing timing() {
    return timing;
  }

  Cluster cluster() {
    return cluster;
  }

  void setCluster(Cluster changed) {
    cluster = changed;
  }

  SimClock clock() {
    return clock;
  }

  Sometimes sometimes() {
    return sometimes;
  }

  CoordLinks links() {
    return links;
  }

  CoordApi api() {
    return api;
  }

  CoordChecker checker() {
    return checker;
  }

  CoordWitness witness() {
    return witness;
  }

  CoordNode node(int broker) {
    return nodes.get(broker);
  }

  List<CoordNode> nodes() {
    return nodes;
  }

  CoordNode addNode() {
    CoordNode node = new CoordNode(nodes.size(), this);
    nodes.add(node);
    return node;
  }

  List<GroupId> wanted() {
    return wanted;
  }

  String zoneOf(int broker) {
    return plan.brokers() > 3 ? "z" + broker % 3 : "";
  }

  void trace(String format, Object... values) {
    if (plan.trace()) {
      System.out.printf("%10.3f ", clock.nowUs() / 1_000.0);
      System.out.printf(format + "%n", values);
    }
  }

  void say(int broker, String message) {
    trace("%d says: %s", broker, message);
    if (message.contains("is fenced")) {
      sometimes.happened("fenced: " + message.substring(message.indexOf(':') + 2));
    } else if (message.contains("are silent at once")) {
      sometimes.happened("fence cap");
    } else if (message.contains("used again")) {
      sometimes.happened("taken back");
    } else if (message.contains("moves from")) {
      sometimes.happened("replica moves");
    }
  }

  void start() {
    nodes.forEach(CoordNode::start);
    load();
    tryPartitions();
  }

  /** Faults for a while, then none: safety all the time, liveness at the end. */
  Sometimes run() {
    start();
    clock.runUntil(3 * CoordPlan.SECOND_US);
    faults.begin();
    clock.runUntil(plan.faultsUs());
    trace("faults end");
    faults.end();
    clock.runUntil(plan.faultsUs() + HEAL_US);
    checkAlive();
    checkState();
    return sometimes;
  }

  /** Clients: each group gets new partitions all the time. */
  private void load() {
    clock.after(clock.between(20_000, 80_000), this::load);
    if (quiet) {
      return;
    }
    for (GroupId group : wanted) {
      for (CoordNode node : nodes) {
        if (node.leads(group) && !node.isPaused()) {
          createPartition(node, group);
        }
      }
    }
  }

  private void createPartition(CoordNode node, GroupId group) {
    CoordGroup held = node.groups().get(group);
    long history = held.status().history();
    long number = partitions++;
    if (held.machine().partitions().size() >= 60) {
      held.step(new GroupEvent.ConfirmLeadership(whenDone(group)));
      return;
    }
    TopicPartition id = new TopicPartition(new TopicId(1, number), 0);
    Consumer<Outcome> token =
        outcome -> {
          if (outcome instanceof Outcome.PartitionsChanged) {
            acks.merge(group, 1, Integer::sum);
            checker.onAcked(group, history, id);
          }
        };
    held.step(
        new GroupEvent.ChangePartitions(
            List.of(new GroupEvent.NewPartition(id, "t")), List.of(), token));
  }

  private Consumer<Outcome> whenDone(GroupId group) {
    return outcome -> {
      if (outcome instanceof Outcome.Done) {
        acks.merge(group, 1, Integer::sum);
      }
    };
  }

  /** The controller changes partitions, too. */
  private void tryPartitions() {
    clock.after(clock.between(300_000, 1_500_000), this::tryPartitions);
    for (CoordNode node : nodes) {
      if (node.topics() != null && !wanted.isEmpty()) {
        node.topics().createPartition(wanted.get(clock.pick(wanted.size())), partitions++);
      }
    }
  }

  int acks(GroupId group) {
    return acks.getOrDefault(group, 0);
  }

  /** Whoever leads a group, highest epoch first; null if nobody does. */
  CoordNode leader(GroupId group) {
    CoordNode leader = null;
    for (CoordNode node : nodes) {
      if (node.leads(group) && (leader == null || epoch(node, group) > epoch(leader, group))) {
        leader = node;
      }
    }
    return leader;
  }

  static int epoch(CoordNode node, GroupId group) {
    return node.status(group).map(status -> status.promised().epoch()).orElse(0);
  }

  List<CoordNode> controllers() {
    return nodes.stream().filter(node -> node.isUp() && node.isController()).toList();
  }

  /** After the last fault, every group leads and goes on, and all agree on it. */
  void checkAlive() {
    Map<GroupId, Integer> before = new HashMap<>(acks);
    clock.runUntil(clock.nowUs() + CoordPlan.SECOND_US);
    for (GroupId group : wanted) {
      SimFailure.check(
          acks(group) > before.getOrDefault(group, 0),
          "I8",
          "group %s makes no progress after the last fault: %s",
          group,
          statuses(group));
      CoordNode leader = leader(group);
      checker.checkReadable(leader.groups().get(group));
    }
    SimFailure.check(controllers().size() == 1, "LEASE", "%d controllers", controllers().size());
    for (CoordNode node : nodes) {
      if (node.isUp()) {
        checkViewIsTrue(node);
      }
    }
  }

  private List<String> statuses(GroupId group) {
    List<String> statuses = new ArrayList<>();
    for (CoordNode node : nodes) {
      GroupStatus status = node.status(group).orElse(null);
      statuses.add(node.broker + "=" + status);
    }
    return statuses;
  }

  private void checkViewIsTrue(CoordNode node) {
    ClusterView view = node.machine().view();
    SimFailure.check(
        view.controller() == controllers().getFirst().broker,
        "VIEW",
        "broker %d takes %d for controller, it is %d",
        node.broker,
        view.controller(),
        controllers().getFirst().broker);
    for (GroupId group : wanted) {
      int leader = view.group(group).map(ClusterView.Group::leader).orElse(-2);
      SimFailure.check(
          leader == leader(group).broker,
          "VIEW",
          "broker %d takes %d for leader of %s, it is %d",
          node.broker,
          leader,
          group,
          leader(group).broker);
    }
  }

  /** The store says what is. */
  void checkState() {
    ClusterState state = api.state(CLUSTER);
    SimFailure.check(state != null, "STATE", "there is no ClusterState");
    for (ClusterState.Group row : state.status().groups()) {
      GroupId group = new GroupId(row.id());
      CoordNode leader = leader(group);
      SimFailure.check(
          leader != null
              && row.leader() == leader.broker
              && row.epoch() == epoch(leader, group)
              && row.phase() == ClusterState.GroupPhase.CREATED,
          "STATE",
          "the store says %s; broker %s leads in epoch %s",
          row,
          leader == null ? "none" : leader.broker,
          leader == null ? 0 : epoch(leader, group));
    }
    SimFailure.check(
        state.status().groups().size() == wanted.size(),
        "STATE",
        "%d groups in the store",
        state.status().groups().size());
  }

  /** What any broker shows, at any time. */
  void checkView(CoordNode node) {}

  void setQuiet(boolean isQuiet) {
    quiet = isQuiet;
  }

  boolean allLed() {
    return wanted.stream().allMatch(group -> leader(group) != null && leads(leader(group), group));
  }

  private static boolean leads(CoordNode node, GroupId group) {
    return node.status(group)
        .filter(status -> status.role() == Role.ACTIVE)
        .filter(status -> status.committedSeq() == status.lastSeq())
        .isPresent();
  }
}
