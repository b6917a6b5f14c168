package dev.leat.broker.sim;

import dev.leat.broker.log.FormatRange;
import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.log.Replica;
import dev.leat.broker.log.TopicId;
import dev.leat.broker.log.TopicPartition;
import dev.leat.broker.log.disk.DiskIdentity;
import dev.leat.broker.log.disk.Verdict;
import dev.leat.broker.replication.GroupEvent;
import dev.leat.broker.replication.GroupOptions;
import dev.leat.broker.replication.GroupStatus;
import dev.leat.broker.replication.Outcome;
import dev.leat.broker.replication.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/** Brokers, their network, producers, whoever appoints, and what goes wrong. */
final class SimCluster {
  private static final int PARTITIONS = 3;
  private static final Consumer<Outcome> NOBODY = outcome -> {};

  private final SimPlan plan;
  private final SimClock clock;
  private final SimNetwork network;
  private final SafetyChecker checker;
  private final Sometimes sometimes = new Sometimes();
  private final List<SimNode> nodes = new ArrayList<>();
  private final List<Replica> firstVoters = new ArrayList<>();
  private final List<SimProducer> producers = new ArrayList<>();
  private final GroupOptions options;
  private final SimFaults faults;
  private final SimAttacks attacks;
  private final SimVoters voters;
  private final RuleWitness witness;
  private final SimDisks disks;
  private long nextReplicaId = 1_000;
  private boolean healing;
  private long history = SimNode.HISTORY;
  private int format = 1;
  private boolean finishing;

  SimCluster(SimPlan plan, long seed) {
    this.plan = plan;
    clock = new SimClock(seed);
    options = options(clock);
    faults = new SimFaults(this);
    attacks = new SimAttacks(this);
    witness = new RuleWitness(this);
    disks = new SimDisks(this);
    voters = new SimVoters(this);
    network =
        new SimNetwork(clock, (to, sender, envelope) -> nodes.get(to).arrived(sender, envelope));
    for (int broker = 0; broker < plan.brokers(); broker++) {
      nodes.add(new SimNode(broker, this));
      if (broker < plan.voters()) {
        firstVoters.add(new Replica(broker, 100 + broker));
      }
    }
    checker = new SafetyChecker(this, GroupConfig.of(firstVoters));
    for (SimNode node : nodes) {
      node.start();
      if (node.broker < plan.voters()) {
        node.setSelf(firstVoters.get(node.broker));
        node.step(new GroupEvent.Create(SimNode.HISTORY, node.self(), firstVoters, NOBODY));
      }
    }
  }

  /** Sometimes everything goes in small pieces. */
  private static GroupOptions options(SimClock clock) {
    int copyBytes = clock.chance(0.5) ? 60 : 1 << 16;
    int entryBytes = clock.chance(0.3) ? 150 : 1 << 20;
    return new GroupOptions(
        entryBytes, 64L << 20, copyBytes, 4L * copyBytes, 250, 1_000, 1_000, 86_400_000, 600_000);
  }

  GroupOptions options() {
    return options;
  }

  SimFaults faults() {
    return faults;
  }

  SimVoters voters() {
    return voters;
  }

  SimDisks disks() {
    return disks;
  }

  RuleWitness witness() {
    return witness;
  }

  List<Replica> firstVoters() {
    return firstVoters;
  }

  /** Things go wrong no more. */
  boolean isHealing() {
    return healing;
  }

  long newReplicaId() {
    return nextReplicaId++;
  }

  SimPlan plan() {
    return plan;
  }

  SimClock clock() {
    return clock;
  }

  SimNetwork network() {
    return network;
  }

  SafetyChecker checker() {
    return checker;
  }

  Sometimes sometimes() {
    return sometimes;
  }

  UUID newId() {
    return new UUID(clock.between(1, Long.MAX_VALUE - 1), clock.between(1, Long.MAX_VALUE - 1));
  }

  /** Format version that the cluster writes. */
  int format() {
    return format;
  }

  /** Versions: a broker gets the next release, or the one before. */
  private void roll() {
    if (finishing) {
      return;
    }
    clock.after(clock.between(100_000, 400_000), this::roll);
    nodes.get(clock.pick(nodes.size())).install(new FormatRange(1, 1 + clock.pick(2)));
  }

  /** Versions: the new one is written once all brokers know it, and there is no way back then. */
  private void finishUpgrade() {
    finishing = true;
    nodes.forEach(node -> node.install(new FormatRange(1, 2)));
    boolean all = nodes.stream().allMatch(node -> node.isUp() && node.release().knows(2));
    if (all || plan.drops("VERSION")) {
      sometimes.happened("upgraded");
      format = 2;
      nodes.stream()
          .filter(node -> node.release().knows(2))
          .forEach(node -> node.step(new GroupEvent.WriteFormat(2)));
      return;
    }
    clock.after(clock.between(10_000, 50_000), this::finishUpgrade);
    SimNode old = nodes.stream().filter(node -> !node.release().knows(2)).findFirst().orElse(null);
    if (old != null && old.isUp() && !old.isPaused()) {
      old.crash();
      old.start();
    }
  }

  /** The history that the group goes on in. */
  long history() {
    return history;
  }

  boolean forked() {
    return history != SimNode.HISTORY;
  }

  /** A peer refuses the first message of a process. */
  void refused(DiskIdentity sender, Verdict.Refusal reason) {
    clock.after(1_000, () -> nodes.get(sender.brokerId()).onRefused(sender, reason));
  }

  SimNode node(int broker) {
    return nodes.get(broker);
  }

  List<SimNode> nodes() {
    return nodes;
  }

  void trace(String format, Object... values) {
    if (plan.trace()) {
      System.out.printf("%10.3f ", clock.nowUs() / 1_000.0);
      System.out.printf(format + "%n", values);
    }
  }

  /** Any broker that says that it leads; sometimes any broker at all. */
  SimNode leaderForClient() {
    List<SimNode> leading = nodes.stream().filter(SimProducer::leads).toList();
    if (leading.isEmpty() || clock.chance(0.02)) {
      SimNode any = nodes.get(clock.pick(nodes.size()));
      return any.status() != null && any.isOfHistory() ? any : null;
    }
    return leading.get(clock.pick(leading.size()));
  }

  /** Faults for a while, then none: safety all the time, liveness at the end. */
  Sometimes run() {
    appointWhenNeeded();
    createPartitions();
    moveStarts();
    confirmReads();
    handOver();
    voters.keep();
    if (plan.upgrading()) {
      roll();
      clock.after(plan.faultsUs() / 2, this::finishUpgrade);
    }
    if (plan.unclean()) {
      clock.after(plan.faultsUs() / 3, this::disaster);
    }
    faults.begin();
    attacks.begin();
    for (int i = 0; i < 2 * PARTITIONS; i++) {
      SimProducer producer = new SimProducer(this, 1_000 + i, 1 + i % PARTITIONS);
      producers.add(producer);
      clock.after(clock.between(0, 100_000), producer::send);
    }
    clock.runUntil(plan.faultsUs());
    trace("faults end");
    faults.end();
    attacks.end();
    healing = true;
    clock.runUntil(plan.faultsUs() + plan.healUs() / 2);
    long[] before = producers.stream().mapToLong(SimProducer::acked).toArray();
    clock.runUntil(plan.faultsUs() + plan.healUs());
    for (int i = 0; i < before.length; i++) {
      SimFailure.check(
          producers.get(i).acked() > before[i],
          "I8",
          "producer %d makes no progress after the last fault: %s",
          i,
          nodes.stream().map(SimNode::status).toList());
    }
    checkReadable();
    return sometimes;
  }

  /** I6 at the end: the leader has everything that may be read. */
  private void checkReadable() {
    SimNode leader =
        nodes.stream().filter(SimProducer::leads).reduce((a, b) -> higher(a, b)).orElseThrow();
    SimFailure.check(
        leader.status().committedSeq() >= checker.committedSeq() - 50,
        "I6",
        "leader %s is far behind %d",
        leader.status(),
        checker.committedSeq());
    checker.checkReadable(leader);
  }

  private static SimNode higher(SimNode a, SimNode b) {
    return a.status().promised().epoch() > b.status().promised().epoch() ? a : b;
  }

  private void createPartitions() {
    SimNode leader = leaderForClient();
    if (leader != null) {
      List<GroupEvent.NewPartition> wanted = new ArrayList<>();
      for (int i = 0; i < PARTITIONS; i++) {
        TopicPartition id = new TopicPartition(new TopicId(1, 1), i);
        wanted.add(new GroupEvent.NewPartition(id, "click"));
      }
      leader.step(new GroupEvent.ChangePartitions(wanted, List.of(), NOBODY));
    }
    clock.after(300_000, this::createPartitions);
  }

  /** READ: whoever confirms that it leads shows all that was committed when it was asked. */
  private void confirmReads() {
    clock.after(clock.between(20_000, 200_000), this::confirmReads);
    for (SimNode node : nodes) {
      if (SimProducer.leads(node)) {
        long committed = checker.committedSeq();
        Consumer<Outcome> token =
            outcome -> {
              if (outcome instanceof Outcome.Done) {
                sometimes.happened("read confirmed");
                SimFailure.check(
                    node.status().appliedSeq() >= committed,
                    "READ",
                    "broker %d confirms %d, committed was %d",
                    node.broker,
                    node.status().appliedSeq(),
                    committed);
              }
            };
        node.step(new GroupEvent.ConfirmLeadership(token));
      }
    }
  }

  /** GRACEFUL: a leader gives its place to another voter, which then has everything. */
  private void handOver() {
    clock.after(clock.between(300_000, 1_500_000), this::handOver);
    SimNode leader = leaderForClient();
    if (healing || leader == null || !SimProducer.leads(leader)) {
      return;
    }
    List<Replica> voters = leader.status().config().voters();
    Replica target = voters.get(clock.pick(voters.size()));
    Consumer<Outcome> token =
        outcome -> {
          sometimes.happened("hand-over " + outcome.getClass().getSimpleName());
          if (outcome instanceof Outcome.Done) {
            checkHandedOver(leader, target);
            clock.after(500, () -> appoint(nodes.get(target.broker()), highestEpoch() + 1));
          }
        };
    leader.step(new GroupEvent.HandOver(target, token));
  }

  /** GRACEFUL: the target has all that the leader has. */
  private void checkHandedOver(SimNode leader, Replica target) {
    SimNode node = nodes.get(target.broker());
    SimFailure.check(
        node.isDoomed()
            || !target.equals(node.self())
            || disks.hasLost(target)
            || node.disk.onDisk().lastSeq() >= leader.status().lastSeq(),
        "GRACEFUL",
        "%s has %d, the leader %d",
        target,
        node.disk.onDisk().lastSeq(),
        leader.status().lastSeq());
  }

  /** Retention: the leader lets the older half of a partition go. */
  private void moveStarts() {
    clock.after(clock.between(100_000, 600_000), this::moveStarts);
    SimNode leader = leaderForClient();
    if (leader == null || healing) {
      return;
    }
    int partition = 1 + clock.pick(PARTITIONS);
    leader
        .machine()
        .view(partition)
        .ifPresent(
            view -> {
              long start = (view.startOffset() + view.highWatermark()) / 2;
              leader.step(
                  new GroupEvent.MoveStarts(
                      List.of(new GroupEvent.StartMove(partition, start)), NOBODY));
            });
  }

  /** CREATE: a message of an attempt to create the group that was replaced long ago. */
  void createAgain(SimNode node) {
    Replica self = new Replica(node.broker, nextReplicaId++);
    Consumer<Outcome> token =
        outcome -> sometimes.happened("create " + outcome.getClass().getSimpleName());
    node.step(new GroupEvent.Create(SimNode.HISTORY + 1, self, List.of(self), token));
  }

  /** UNCLEAN: all brokers but one are gone, and somebody decides not to wait for them. */
  private void disaster() {
    List<SimNode> voters =
        nodes.stream()
            .filter(node -> node.isUp() && node.status() != null && isVoter(node))
            .toList();
    if (voters.isEmpty() || voters.stream().anyMatch(SimNode::isPaused)) {
      clock.after(50_000, this::disaster);
      return;
    }
    SimNode survivor = voters.get(clock.pick(voters.size()));
    trace("all but %d are gone", survivor.broker);
    for (SimNode node : nodes) {
      if (node != survivor) {
        node.setGone(true);
        if (node.isUp()) {
          node.resume();
          node.crash();
        }
      }
    }
    clock.after(1_500_000, () -> fork(survivor));
  }

  /** Again and again, until it has happened: it may be refused, or the process may end before. */
  private void fork(SimNode survivor) {
    if (forked()) {
      clock.after(clock.between(0, 400_000), this::comeBack);
      return;
    }
    clock.after(200_000, () -> fork(survivor));
    if (survivor.isUp() && !survivor.isPaused()) {
      Replica self = new Replica(survivor.broker, nextReplicaId++);
      Consumer<Outcome> token =
          outcome -> sometimes.happened("fork " + outcome.getClass().getSimpleName());
      survivor.step(new GroupEvent.Fork(history + 100, self, token));
    }
  }

  private void comeBack() {
    for (SimNode node : nodes) {
      node.setGone(false);
      if (!node.isUp()) {
        node.start();
      }
    }
  }

  /** Hellos tell which groups a broker has, in which history. UNCLEAN: who hears of it gives up. */
  void tellHistory(SimNode node) {
    for (SimNode other : nodes) {
      if (other.status() != null && other.status().history() == history && forked()) {
        node.step(new GroupEvent.Heard(history, other.machine().forks()));
        SimFailure.check(
            node.isPaused() || node.status() == null || isGivenUp(node.status()),
            "UNCLEAN",
            "broker %d goes on in a history of which it has heard that it was given up: %s",
            node.broker,
            node.status());
        return;
      }
    }
  }

  private boolean isGivenUp(GroupStatus status) {
    return status.history() == history || status.role() != Role.ACTIVE;
  }

  void forkedTo(long newest) {
    history = newest;
  }

  /** A reasonable appointer: nobody leads, so the voter with the best log shall. */
  private void appointWhenNeeded() {
    long every = plan.pace(clock.between(50_000, 300_000));
    clock.after(every, this::appointWhenNeeded);
    boolean led =
        nodes.stream()
            .anyMatch(
                node ->
                    SimProducer.leads(node)
                        && !node.isPaused()
                        && (!healing || isFollowed(node.status())));
    if (led || (!healing && clock.chance(0.3))) {
      return;
    }
    SimNode best = null;
    for (SimNode node : nodes) {
      if (node.isUp() && !node.isPaused() && node.status() != null && isVoter(node)) {
        best = best == null || isBetter(node.status(), best.status()) ? node : best;
      }
    }
    if (best != null) {
      double patience = healing ? 0.3 : 0.7;
      boolean busy = best.status().role() == Role.COLLECTING && clock.chance(patience);
      if (!busy) {
        appoint(best, highestEpoch() + 1);
      }
    }
  }

  /** Whether quorums have promised its epoch to that leader: one without them needs a successor. */
  private boolean isFollowed(GroupStatus leader) {
    GroupConfig config = leader.config();
    return isFollowed(leader, config.voters())
        && (!config.isJoint() || isFollowed(leader, config.prev()));
  }

  private boolean isFollowed(GroupStatus leader, List<Replica> set) {
    return set.stream()
            .map(voter -> nodes.get(voter.broker()).status())
            .filter(status -> status != null && set.contains(status.self()))
            .filter(status -> status.promised().equals(leader.promised()))
            .count()
        > set.size() / 2;
  }

  boolean isVoter(SimNode node) {
    GroupConfig config = node.status().config();
    return config != null
        && config.contains(node.status().self())
        && node.status().history() == history;
  }

  private static boolean isBetter(GroupStatus one, GroupStatus other) {
    return one.lastEpoch() > other.lastEpoch()
        || (one.lastEpoch() == other.lastEpoch() && one.lastSeq() > other.lastSeq());
  }

  int highestEpoch() {
    return nodes.stream()
        .filter(node -> node.status() != null)
        .mapToInt(node -> node.status().promised().epoch())
        .max()
        .orElse(0);
  }

  void appoint(SimNode node, int epoch) {
    trace("appoint %d in epoch %d", node.broker, epoch);
    witness.onAppoint(node, epoch);
    Consumer<Outcome> token =
        outcome -> sometimes.happened("appointment " + outcome.getClass().getSimpleName());
    node.step(new GroupEvent.Appoint(epoch, token));
  }
}
