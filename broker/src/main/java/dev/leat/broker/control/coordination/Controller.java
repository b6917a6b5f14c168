package dev.leat.broker.control.coordination;

import dev.leat.broker.control.coordination.loss.LostGroup;
import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Replica;
import dev.leat.broker.replication.UncleanPolicy;
import dev.leat.crds.ClusterSpec;
import dev.leat.crds.ClusterState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * All that the controller does, for as long as this broker is it. What it knows it has from the
 * brokers; another one finds out the same.
 */
final class Controller {
  private static final long GATHER_MS = 3_000;

  private final Outbox out;
  private final Members members;
  private final Leaderships leaderships;
  private final Appointer appointer;
  private final GroupBook book;
  private final Intents intents = new Intents();
  private final Requests requests;
  private final Fences fences;
  private final StateKeeper keeper;
  private final StateDraft draft;
  private final Creator creator;
  private final Planner planner;
  private final Mover mover;
  private final Balancer balancer;
  private final TopicDesk topics;
  private final Losses losses;
  private final ViewBoard board;
  private final Formats formats;
  private final long sinceMs;
  private int expected;

  /** What a broker has whether it is controller or not. */
  record Broker(
      Outbox out,
      Members members,
      Witnesses witnesses,
      Leaderships leaderships,
      Appointer appointer,
      BrokerLease leases) {}

  /**
   * Begins with nothing.
   *
   * @param around this broker
   * @param term its term
   * @param cluster what the cluster should be; null if that is not known
   * @param format format version that may be written, as far as is known
   */
  Controller(Broker around, LongSupplier term, @Nullable ClusterSpec cluster, int format) {
    this.out = around.out();
    this.members = around.members();
    this.leaderships = around.leaderships();
    this.appointer = around.appointer();
    this.sinceMs = out.now();
    book = new GroupBook(out, members, leaderships);
    requests = new Requests(out);
    fences = new Fences(out, members, around.witnesses(), around.leases());
    keeper = new StateKeeper(out, this::adopt);
    draft = new StateDraft(out, members, fences, book, intents, appointer);
    creator = new Creator(out, members, fences, book, intents, keeper, requests);
    planner = new Planner(out, members, fences, book, intents);
    mover = new Mover(out, members, fences, book, intents, requests);
    balancer = new Balancer(out, members, fences, book, requests);
    topics = new TopicDesk(out, leaderships, creator, requests);
    losses = new Losses(out, book, leaderships, intents, requests);
    board = new ViewBoard(out, members, term);
    formats = new Formats(out, members, format);
    if (cluster != null) {
      expect(cluster);
    }
    for (Member member : members.others()) {
      if (member.isLinked()) {
        onLink(member.id());
      }
    }
  }

  Appointer.Standing standing() {
    return fences;
  }

  /** What the Cluster resource asks for. */
  void expect(ClusterSpec cluster) {
    expected = cluster.brokers();
    creator.expect(expected);
    fences.setWanted(expected);
    Map<Integer, UncleanPolicy> policies = new TreeMap<>();
    cluster
        .uncleanElections()
        .forEach(each -> policies.put(each.replicas(), new UncleanPolicy(each.after().millis())));
    losses.setPolicies(policies);
  }

  /** UNCLEAN: groups that have lost a quorum. */
  List<LostGroup> lostGroups() {
    return losses.describe();
  }

  /** UNCLEAN: a person gives up what groups have lost. */
  void recover(CoordinationEvent.Recover wanted) {
    losses.recover(
        wanted.groups(),
        results -> out.emit(new CoordinationEffect.Recovered(wanted.request(), results)));
  }

  /** A new link: nothing is known of what it missed. */
  void onLink(int broker) {
    creator.onLink(broker);
    board.sendAll(broker);
    out.send(broker, new CoordinationMessage.Ask(out.nextNumber(), List.of()));
    out.send(broker, new CoordinationMessage.HeldRequest());
  }

  void onLost(int broker) {
    requests.onLost(broker);
  }

  /** The store has been read: what it says of groups nobody has reported is all there is. */
  private void adopt(ClusterState.Status status) {
    if (!status.clusterId().equals(out.self().clusterId())) {
      out.warn(
          "ClusterState is that of cluster %s: it is written anew from what the brokers say",
          status.clusterId());
      return;
    }
    formats.adopt(status.version());
    for (ClusterState.Broker broker : status.brokers()) {
      fences.adopt(broker.id(), BrokerState.valueOf(broker.state().name()));
    }
    for (ClusterState.Group row : status.groups()) {
      GroupReport report = row.id() >>> 16 == 0 ? book.newest(new GroupId(row.id())) : null;
      intents.adopt(row, report == null ? null : report.history());
    }
  }

  void run() {
    requests.run();
    fences.run();
    formats.run(expected);
    learnGroups();
    creator.run();
    Set<GroupId> leaderless = leaderless();
    if (!out.isDropped(CoordinationRule.BESIDE) || keeper.isSettled()) {
      appointer.run(leaderless, fences);
    }
    losses.run(leaderless);
    Set<GroupId> lost = losses.lost();
    if (lost.containsAll(leaderless)) {
      // Those that wait for a person, or for a broker, keep nobody else waiting.
      planner.run(lost);
      mover.run();
      if (!mover.isBusy() && planner.open(lost).isEmpty()) {
        // A leader that makes room for a move would be moved back.
        Set<GroupId> led = created();
        led.removeAll(lost);
        balancer.run(led);
      }
    }
    boolean hold = appointer.isBusy();
    keeper.run(draft.draft(keeper.stored(), formats.format()), hold);
    if (keeper.isRead() && (hasAll() || out.isDue(sinceMs + GATHER_MS))) {
      topics.list(created());
    }
    board.run(draw());
    forgetLeft();
  }

  private boolean hasAll() {
    return members.linked().size() >= Math.max(expected, 1);
  }

  /** Groups on disks that the store does not know of: it has lost them, or is an older copy. */
  private void learnGroups() {
    for (GroupId group : book.known()) {
      GroupReport report = book.newest(group);
      GroupConfig config = report == null ? null : report.config();
      Intents.Intent intent = intents.find(group);
      boolean led = book.highestEpoch(group) > 0;
      if (report == null || config == null || !led) {
        continue;
      }
      if (intent == null || intent.history() != report.history()) {
        learn(group, report, config, intent);
      } else if (!intent.isCreated()) {
        intents.put(group, intent.created());
      }
    }
  }

  private void learn(
      GroupId group, GroupReport report, GroupConfig config, Intents.@Nullable Intent intent) {
    boolean fork = intent != null && report.comesFrom(intent.history());
    int later = book.awayWithLaterHistory(report);
    if (later >= 0) {
      out.warn(
          "group %s goes on in the history that was given up for that of broker %d, which is away:"
              + " when it comes back, its history counts, and what is written now is lost",
          group, later);
    } else if (intent != null && !fork) {
      out.warn(
          "group %s has another history on disk than in ClusterState: that on disk counts", group);
    }
    // UNCLEAN: one replica begins again; who shall vote stays as it was.
    List<Integer> voters = intent != null && fork ? intent.voters() : brokersOf(config);
    intents.put(
        group, new Intents.Intent(ClusterState.GroupPhase.CREATED, report.history(), voters));
  }

  private static List<Integer> brokersOf(GroupConfig config) {
    return config.voters().stream().map(Replica::broker).toList();
  }

  private Set<GroupId> created() {
    Set<GroupId> created = new TreeSet<>();
    intents
        .all()
        .forEach(
            (group, intent) -> {
              if (intent.isCreated()) {
                created.add(group);
              }
            });
    return created;
  }

  private Set<GroupId> leaderless() {
    Set<GroupId> leaderless = new TreeSet<>();
    for (Map.Entry<GroupId, Intents.Intent> each : intents.all().entrySet()) {
      GroupId group = each.getKey();
      if (!creator.mayBeLed(group, each.getValue())) {
        continue;
      }
      Leaderships.Known leader = leaderships.leader(group);
      boolean well =
          leader != null
              && fences.stateOf(leader.broker()) != BrokerState.FENCED
              && !book.isStalled(group, leader);
      if (!well) {
        leaderless.add(group);
      }
    }
    return leaderless;
  }

  /** Brokers that have left, empty, and are gone. */
  private void forgetLeft() {
    for (Member member : members.others()) {
      if (!member.isLinked() && draft.isEmptyAndLeaving(member.id())) {
        members.forget(member.id());
        fences.forget(member.id());
      }
    }
  }

  void onDone(CoordinationMessage.Done done) {
    requests.onDone(done);
  }

  void onHeld(int from, CoordinationMessage.Held held) {
    topics.onHeld(from, held);
  }

  void onHeldChanged(int from, CoordinationMessage.HeldChanged changed) {
    topics.onHeldChanged(from, changed);
  }

  void onViewRequest(int from) {
    board.sendAll(from);
  }

  void onStateAnswer(CoordinationEvent.StateAnswered answer) {
    keeper.onAnswer(answer);
  }

  void onStateHint(ClusterState state) {
    keeper.onHint(state);
  }

  void createGroup(GroupId group) {
    Leaderships.Known leader = leaderships.leader(group);
    creator.want(group);
    if (leader != null) {
      out.send(leader.broker(), new CoordinationMessage.HeldRequest());
    }
  }

  void changePartitions(CoordinationEvent.ChangePartitions change) {
    topics.change(change);
  }

  void waive(int broker) {
    creator.waive(broker);
  }

  Optional<String> waiveProblem(int broker) {
    return creator.waiveProblem(broker);
  }

  /** The cluster as of the last run. */
  ClusterView view() {
    return board.latest();
  }

  /** Moves under way, leaders and laggards, and who is well. */
  private ClusterView draw() {
    Map<Integer, ClusterView.Broker> brokers = new TreeMap<>();
    for (Member member : members.all()) {
      Hello hello = member.hello();
      if (hello != null) {
        brokers.put(member.id(), ViewCopy.brokerOf(hello, fences.stateOf(member.id())));
      }
    }
    List<ClusterView.Group> groups = new ArrayList<>();
    for (Map.Entry<GroupId, Intents.Intent> each : intents.all().entrySet()) {
      if (each.getValue().isCreated()) {
        groups.add(viewOf(each.getKey(), each.getValue()));
      }
    }
    return new ClusterView(
        out.me(), 0, formats.format(), new ArrayList<>(brokers.values()), groups, false);
  }

  private ClusterView.Group viewOf(GroupId group, Intents.Intent intent) {
    GroupReport newest = book.newest(group);
    GroupConfig config = newest == null ? null : newest.config();
    Leaderships.Known leader = leaderships.leader(group);
    return new ClusterView.Group(
        group,
        intent.history(),
        leader == null ? book.highestEpoch(group) : leader.epoch(),
        leader == null ? -1 : leader.broker(),
        config == null ? intent.voters() : brokersOf(config),
        book.lagging(group, fences),
        mover.joining(group),
        losses.isLost(group),
        newest != null && !newest.forks().isEmpty());
  }
}
