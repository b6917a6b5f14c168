package dev.leat.broker.control.coordination;

import dev.leat.broker.control.WatchEvent;
import dev.leat.broker.control.coordination.loss.LostGroup;
import dev.leat.broker.log.GroupId;
import dev.leat.crds.ClusterSpec;
import dev.leat.crds.ClusterState;
import dev.leat.crds.Lease;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One broker's part in coordinating the cluster: signs of life, suspicion, the controller's
 * election and, if this broker is it, everything that a controller does.
 *
 * <p>Pure: {@link #step} is the only way in, the effects that it returns the only way out. Belongs
 * to the thread of the broker's groups. No safety rests on it: see docs/protocol/PROTOCOL.md.
 *
 * <p>Each step first notes what happened, then looks at everything that may be due: what is to be
 * done follows from what is known, not from which event came last.
 */
public final class CoordinationMachine {
  private static final int MAX_ROUNDS = 100;

  private final Outbox out;
  private final Members members;
  private final Witnesses witnesses;
  private final Elector elector;
  private final BrokerLease lease;
  private final Leaderships leaderships;
  private final Reporter reporter;
  private final Worker worker;
  private final Appointer appointer;
  private final StandIn standIn;
  private final Drain drain;
  private final ViewCopy copy;
  private @Nullable Controller controller;
  private @Nullable String diskTrouble;
  private boolean begun;
  private boolean news;
  private @Nullable ClusterSpec cluster;
  private int lastController = -1;
  private ClusterView view = ClusterView.EMPTY;

  /**
   * The machine of a broker that starts.
   *
   * @param settings what is known beforehand
   * @param self who this broker is; its groups are not looked at
   * @param local the replicas here
   * @param random for replica ids, histories and pauses
   */
  public CoordinationMachine(
      Settings settings, Hello self, LocalGroups local, RandomGenerator random) {
    this(settings, self, local, random, Set.of());
  }

  CoordinationMachine(
      Settings settings,
      Hello self,
      LocalGroups local,
      RandomGenerator random,
      Set<CoordinationRule> dropped) {
    out = new Outbox(self, settings, random, dropped);
    members = new Members(out);
    witnesses = new Witnesses(out, members);
    elector = new Elector(out, members, witnesses);
    lease = new BrokerLease(out, members);
    leaderships = new Leaderships(members);
    reporter = new Reporter(out, local, members);
    worker = new Worker(out, local, reporter);
    appointer = new Appointer(out, members, leaderships);
    standIn = new StandIn(out, local, members, leaderships);
    drain = new Drain(out, local, members, reporter, leaderships, worker);
    copy = new ViewCopy(out, members, leaderships);
  }

  /**
   * Takes in what happened.
   *
   * @return what is to be done, in this order
   */
  public List<CoordinationEffect> step(CoordinationEvent event, Now now) {
    out.begin(now);
    members.notePause();
    if (!begun) {
      begun = true;
      out.settings().seeds().forEach(members::learn);
    }
    news = !isRoutine(event) || out.now() >= out.wakeAt();
    handle(event);
    for (int round = 0; round < MAX_ROUNDS && (news || out.hasToSelf()); round++) {
      if (news) {
        news = false;
        out.resetWake();
        run();
      }
      receiveOwn();
    }
    return out.end();
  }

  private void receiveOwn() {
    CoordinationMessage message = out.pollToSelf();
    while (message != null) {
      news |= !isRoutine(message);
      receive(members.self(), message);
      message = out.pollToSelf();
    }
  }

  /** What happens all the time, and changes nothing that anything is decided by. */
  private boolean isRoutine(CoordinationEvent event) {
    return switch (event) {
      case CoordinationEvent.PartitionsChanged changed -> true;
      case CoordinationEvent.Tick tick -> true;
      case CoordinationEvent.Received(int broker, long nonce, CoordinationMessage message) -> {
        Member member = members.find(broker);
        yield member != null
            && !members.isSilent(member)
            && (isRoutine(message) || message.equals(member.said()));
      }
      default -> false;
    };
  }

  private static boolean isRoutine(CoordinationMessage message) {
    return message instanceof CoordinationMessage.HeldChanged
        || message instanceof CoordinationMessage.Ask;
  }

  /**
   * When the next {@link CoordinationEvent.Tick} is due, in monotonic ms. Changes with each step.
   */
  public long wakeAtMs() {
    return out.wakeAt();
  }

  /** What is said first on a new link. */
  public Hello hello(Now now) {
    out.begin(now);
    return out.self().withGroups(reporter.all());
  }

  /** The cluster as this broker sees it. */
  public ClusterView view() {
    return view;
  }

  /**
   * UNCLEAN: groups that have lost a quorum, and what is left of them; absent, if this broker is
   * not the controller: only that one knows.
   */
  public Optional<List<LostGroup>> lostGroups() {
    return controller == null ? Optional.empty() : Optional.of(controller.lostGroups());
  }

  /**
   * CREATE: why a broker cannot be waived; empty, if it can, or this broker is not the controller.
   */
  public Optional<String> waiveProblem(int broker) {
    return controller == null ? Optional.empty() : controller.waiveProblem(broker);
  }

  private void handle(CoordinationEvent event) {
    switch (event) {
      case CoordinationEvent.Tick tick -> {}
      case CoordinationEvent.LinkUp(Hello hello) -> onLinkUp(hello);
      case CoordinationEvent.LinkDown down -> onLinkDown(down);
      case CoordinationEvent.ConnectRefused(int broker) -> {
        members.connectRefused(broker);
        appointer.hurry();
      }
      case CoordinationEvent.Received received -> {
        Member member = members.heard(received.broker(), received.nonce());
        if (member == null) {
          members.keep(received);
        } else {
          receive(member, received.message());
        }
      }
      case CoordinationEvent.GroupChanged(GroupId group) -> reporter.onChanged(group);
      case CoordinationEvent.GroupLeads leads -> reporter.onLeads(elector.controller(), leads);
      case CoordinationEvent.PartitionsChanged changed ->
          reporter.onPartitions(elector.controller(), changed);
      case CoordinationEvent.Replied replied -> worker.onReplied(replied);
      case CoordinationEvent.LeaseAnswered answered -> {
        elector.onAnswer(answered);
        lease.onAnswer(answered);
      }
      case CoordinationEvent.LeaseWatched(WatchEvent<Lease> watched) -> lease.onWatched(watched);
      case CoordinationEvent.StateWatched(WatchEvent<ClusterState> watched) -> onWatched(watched);
      case CoordinationEvent.StateAnswered answered ->
          withController(c -> c.onStateAnswer(answered));
      case CoordinationEvent.ClusterChanged changed -> {
        ClusterSpec spec = changed.cluster().spec();
        cluster = spec;
        withController(c -> c.expect(spec));
      }
      case CoordinationEvent.Recover recover -> withController(c -> c.recover(recover));
      case CoordinationEvent.CreateGroup(GroupId group) ->
          withController(c -> c.createGroup(group));
      case CoordinationEvent.ChangePartitions change ->
          withController(c -> c.changePartitions(change));
      case CoordinationEvent.Waive(int broker) -> withController(c -> c.waive(broker));
      case CoordinationEvent.ProcessGone gone -> onProcessGone(gone);
      case CoordinationEvent.Stop stop -> drain.begin();
      case CoordinationEvent.DiskTrouble(String reason) -> {
        out.warn("this broker gives up what it leads: %s", reason);
        diskTrouble = reason;
      }
      case CoordinationEvent.DiskWell well -> diskTrouble = null;
    }
  }

  private void onLinkDown(CoordinationEvent.LinkDown down) {
    members.linkDown(down);
    appointer.onLost(down.broker());
    appointer.hurry();
    withController(c -> c.onLost(down.broker()));
  }

  private void onProcessGone(CoordinationEvent.ProcessGone gone) {
    Member member = members.find(gone.broker());
    if (member != null && member != members.self() && gone.starts() >= member.starts()) {
      member.setGone();
    }
  }

  private void onWatched(WatchEvent<ClusterState> watched) {
    switch (watched) {
      case WatchEvent.Changed<ClusterState>(ClusterState state) -> hint(state);
      case WatchEvent.Deleted<ClusterState>(ClusterState state) -> hint(state);
      case WatchEvent.Snapshot<ClusterState> snapshot -> {}
      case WatchEvent.Interrupted<ClusterState> interrupted -> {}
    }
  }

  private void hint(ClusterState state) {
    if (state.resourceName().equals(out.settings().cluster())) {
      withController(c -> c.onStateHint(state));
    }
  }

  private void onLinkUp(Hello hello) {
    Member member = members.linkUp(hello);
    if (member == null) {
      return;
    }
    reporter.greet(member.id());
    appointer.hurry();
    hear(hello.groups());
    if (controller != null) {
      controller.onLink(member.id());
    }
    for (CoordinationMessage message : members.takeEarly(member)) {
      receive(member, message);
    }
  }

  /** UNCLEAN: replicas of a history that was given up hear of it from whoever has the new one. */
  private void hear(List<GroupReport> reports) {
    if (out.isDropped(CoordinationRule.HEAR)) {
      return;
    }
    for (GroupReport report : reports) {
      if (report.withdrawal() == null && !report.forks().isEmpty()) {
        worker.hear(report.group(), report.history(), report.forks());
      }
    }
  }

  private void receive(Member from, CoordinationMessage message) {
    int id = from.id();
    switch (message) {
      case CoordinationMessage.Heartbeat heartbeat -> {
        from.said(heartbeat, out.now());
        appointer.hurry();
      }
      case CoordinationMessage.Ask ask -> worker.ask(id, ask);
      case CoordinationMessage.Report report -> onReport(from, report);
      case CoordinationMessage.Appoint appoint -> worker.appoint(id, appoint);
      case CoordinationMessage.Appointed appointed -> appointer.onAppointed(appointed);
      case CoordinationMessage.Leading leading -> leaderships.onLeading(from, leading);
      case CoordinationMessage.CreateGroups create ->
          create.groups().forEach(group -> worker.create(id, group));
      case CoordinationMessage.JoinGroup join -> worker.join(id, join);
      case CoordinationMessage.ForkGroup fork -> worker.fork(id, fork);
      case CoordinationMessage.GivenUp givenUp ->
          worker.hear(givenUp.group(), givenUp.history(), givenUp.forks());
      case CoordinationMessage.ChangeVoters change -> worker.changeVoters(id, change);
      case CoordinationMessage.HandOver handOver ->
          handOver.moves().forEach(move -> worker.handOver(id, move));
      case CoordinationMessage.ChangePartitions change -> worker.changePartitions(id, change);
      case CoordinationMessage.HeldRequest request -> reporter.held(id);
      case CoordinationMessage.ViewPush push -> {
        if (controller == null) {
          copy.onPush(from, push);
        }
      }
      case CoordinationMessage.Held held -> withController(c -> c.onHeld(id, held));
      case CoordinationMessage.HeldChanged changed ->
          withController(c -> c.onHeldChanged(id, changed));
      case CoordinationMessage.Done done -> withController(c -> c.onDone(done));
      case CoordinationMessage.ViewRequest request -> withController(c -> c.onViewRequest(id));
    }
  }

  private void withController(Consumer<Controller> action) {
    if (controller != null) {
      action.accept(controller);
    }
  }

  private void onReport(Member from, CoordinationMessage.Report report) {
    if (report.all()) {
      from.reportAll(report.groups(), out.now());
    } else {
      from.report(report.groups());
    }
    appointer.onReport(from.id(), report);
    for (GroupReport each : report.groups()) {
      if (each.withdrawal() == null) {
        leaderships.onReport(from, each);
      }
    }
    hear(report.groups());
  }

  private void run() {
    elector.run();
    keepController();
    int heard = elector.controller();
    if (heard != lastController) {
      lastController = heard;
      reporter.reportSoon();
      if (heard >= 0 && heard != out.me()) {
        out.send(heard, new CoordinationMessage.ViewRequest());
      }
    }
    members.beat(state(), leaves(), elector.term(), heard);
    drain.run();
    if (drain.isDrained()) {
      elector.release();
    }
    Controller itself = controller;
    if (itself != null) {
      itself.run();
    } else if (heard >= 0 || out.isDropped(CoordinationRule.STANDIN)) {
      standIn.end();
      appointer.run(Set.of(), standIn);
    } else {
      appointer.run(standIn.groups(), standIn);
    }
    reporter.run(heard);
    lease.run();
    look(itself, heard);
  }

  private BrokerState state() {
    if (diskTrouble != null) {
      return BrokerState.FENCED;
    }
    return drain.isStopping() || leaves() ? BrokerState.DRAINING : BrokerState.UP;
  }

  private boolean leaves() {
    ClusterSpec known = cluster;
    return known != null && out.me() >= known.brokers();
  }

  private void keepController() {
    if (elector.isController() && controller == null) {
      Controller.Broker around =
          new Controller.Broker(out, members, witnesses, leaderships, appointer, lease);
      controller = new Controller(around, elector::term, cluster, copy.format());
      out.emit(new CoordinationEffect.BecameController(elector.term()));
    } else if (!elector.isController() && controller != null) {
      controller = null;
      out.emit(new CoordinationEffect.CeasedController());
    }
  }

  private void look(@Nullable Controller itself, int heard) {
    if (itself != null) {
      copy.replace(itself.view(), elector.term());
    }
    ClusterView seen = copy.view(heard, elector.term());
    if (!seen.equals(view)) {
      view = seen;
      out.emit(new CoordinationEffect.ViewChanged(seen));
    }
  }
}
