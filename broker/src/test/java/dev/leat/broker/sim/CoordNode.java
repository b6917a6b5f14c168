package dev.leat.broker.sim;

import dev.leat.broker.control.TopicEvent;
import dev.leat.broker.control.Verb;
import dev.leat.broker.control.coordination.CoordinationEffect;
import dev.leat.broker.control.coordination.CoordinationEvent;
import dev.leat.broker.control.coordination.CoordinationMachine;
import dev.leat.broker.control.coordination.CoordinationSeam;
import dev.leat.broker.control.coordination.Hello;
import dev.leat.broker.control.coordination.LocalGroups;
import dev.leat.broker.control.coordination.Now;
import dev.leat.broker.control.coordination.Settings;
import dev.leat.broker.control.coordination.Timing;
import dev.leat.broker.control.coordination.loss.RecoveredGroup;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.PartitionInfo;
import dev.leat.broker.replication.GroupEvent;
import dev.leat.broker.replication.GroupStatus;
import dev.leat.broker.replication.Outcome;
import dev.leat.broker.replication.PeerEnvelope;
import dev.leat.broker.replication.Role;
import dev.leat.crds.Cluster;
import dev.leat.crds.ClusterSpec;
import dev.leat.crds.Kind;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;

/** A broker of the simulation: real machines, and the loop between them. */
final class CoordNode implements LocalGroups {
  private static final long TICK_US = 100_000;
  private static final long WALL_MS = 1_700_000_000_000L;

  final int broker;
  private final CoordSim sim;
  private final SimClock clock;
  private final long skewUs;
  private final double rate;
  private final Map<GroupId, SimDisk> disks = new TreeMap<>();
  private final Map<GroupId, CoordGroup> groups = new TreeMap<>();
  private final Queue<Runnable> whilePaused = new ArrayDeque<>();
  private final Queue<Runnable> todo = new ArrayDeque<>();
  private final Set<Integer> peers = new HashSet<>();
  private CoordinationMachine machine;
  private CoordTopics topics;
  private Hello self;
  private long starts;
  private int disksLost;
  private long nonce;
  private int life;
  private boolean busy;
  private boolean paused;
  private boolean syncing;
  private boolean slowDisk;
  private boolean drained;
  private long wakeUs = Long.MAX_VALUE;

  CoordNode(int broker, CoordSim sim) {
    this.broker = broker;
    this.sim = sim;
    this.clock = sim.clock();
    this.skewUs = clock.between(0, 100_000_000);
    this.rate = 0.97 + clock.pick(60) / 1_000.0;
  }

  CoordSim sim() {
    return sim;
  }

  long nowMs() {
    return (long) ((clock.nowUs() + skewUs) * rate) / 1_000;
  }

  private Now now() {
    return new Now(nowMs(), WALL_MS + nowMs());
  }

  /** The process starts. */
  void start() {
    life++;
    starts++;
    nonce = 1_000_000L * broker + life;
    paused = false;
    syncing = false;
    drained = false;
    wakeUs = Long.MAX_VALUE;
    whilePaused.clear();
    todo.clear();
    peers.clear();
    groups.clear();
    disks.forEach((id, disk) -> groups.put(id, new CoordGroup(this, id, disk)));
    Hello.Addresses addresses = new Hello.Addresses("b" + broker + ":1", "b" + broker + ":2", "");
    UUID disk = new UUID(broker, disksLost);
    self =
        new Hello("c", broker, disk, starts, nonce, 1, 1, addresses, sim.zoneOf(broker), List.of());
    machine =
        CoordinationSeam.machine(
            new Settings(CoordSim.CLUSTER, Map.of(), sim.timing()),
            self,
            this,
            new SplittableRandom(clock.between(0, Long.MAX_VALUE - 1)),
            sim.plan().droppedRules());
    topics = null;
    int thisLife = life;
    sim.api()
        .watch(
            broker,
            event -> ifAlive(thisLife, () -> coordinate(new CoordinationEvent.LeaseWatched(event))),
            event ->
                ifAlive(thisLife, () -> coordinate(new CoordinationEvent.StateWatched(event))));
    coordinate(new CoordinationEvent.ClusterChanged(sim.cluster()));
    clock.after(clock.between(0, TICK_US), () -> ifAlive(thisLife, () -> tick(thisLife)));
  }

  private void ifAlive(int ofLife, Runnable action) {
    if (life == ofLife && machine != null) {
      action.run();
    }
  }

  private void tick(int ofLife) {
    run(
        () ->
            List.copyOf(groups.values())
                .forEach(group -> group.step(new GroupEvent.Tick(WALL_MS + nowMs()))));
    clock.after(TICK_US, () -> ifAlive(ofLife, () -> tick(ofLife)));
  }

  boolean isUp() {
    return machine != null;
  }

  boolean isPaused() {
    return paused;
  }

  boolean isDrained() {
    return drained;
  }

  long nonce() {
    return nonce;
  }

  Hello hello() {
    return machine.hello(now());
  }

  CoordinationMachine machine() {
    return machine;
  }

  boolean isController() {
    return topics != null;
  }

  CoordTopics topics() {
    return topics;
  }

  boolean wants(int peer) {
    return peers.contains(peer);
  }

  Map<GroupId, CoordGroup> groups() {
    return groups;
  }

  /** kill -9, or the power goes. */
  void crash(boolean silently) {
    machine = null;
    topics = null;
    life++;
    disks.values().forEach(disk -> disk.crash(clock.pick(disk.unsynced() + 1)));
    sim.links().processEnded(broker, silently);
  }

  /** The disk is replaced by an empty one; the process is not running. */
  void loseDisk() {
    disks.clear();
    disksLost++;
    starts = 0;
  }

  void pause() {
    paused = true;
  }

  void resume() {
    if (paused) {
      paused = false;
      int thisLife = life;
      while (!whilePaused.isEmpty() && isUp() && life == thisLife) {
        run(whilePaused.remove());
      }
    }
  }

  void setSlowDisk(boolean slow) {
    slowDisk = slow;
  }

  /** Runs something on the broker's loop, and all that follows from it. */
  private void run(Runnable action) {
    if (machine == null) {
      return;
    }
    if (paused) {
      whilePaused.add(action);
      return;
    }
    todo.add(action);
    if (busy) {
      return;
    }
    busy = true;
    try {
      while (!todo.isEmpty() && machine != null) {
        todo.remove().run();
      }
    } finally {
      busy = false;
    }
    wakeLater();
  }

  void later(Runnable action) {
    todo.add(action);
  }

  private void wakeLater() {
    if (machine == null || machine.wakeAtMs() == Long.MAX_VALUE) {
      return;
    }
    long inMs = Math.max(0, machine.wakeAtMs() - nowMs());
    long at = clock.nowUs() + (long) (inMs * 1_000 / rate) + 1_000;
    if (at < wakeUs || wakeUs <= clock.nowUs()) {
      wakeUs = at;
      int thisLife = life;
      clock.after(
          at - clock.nowUs(),
          () ->
              ifAlive(
                  thisLife,
                  () -> {
                    if (wakeUs <= clock.nowUs()) {
                      wakeUs = Long.MAX_VALUE;
                      coordinate(new CoordinationEvent.Tick());
                    }
                  }));
    }
  }

  void coordinate(CoordinationEvent event) {
    run(
        () -> {
          sim.trace("%d < %s", broker, event);
          for (CoordinationEffect effect : machine.step(event, now())) {
            sim.trace("%d   > %s", broker, effect);
            execute(effect);
          }
          sim.checkView(this);
        });
  }

  private void execute(CoordinationEffect effect) {
    switch (effect) {
      case CoordinationEffect.Send send -> {
        sim.witness().onSend(this, send.message());
        long from = nonce;
        sim.links()
            .send(
                broker,
                send.broker(),
                () ->
                    sim.node(send.broker())
                        .coordinate(new CoordinationEvent.Received(broker, from, send.message())));
      }
      case CoordinationEffect.Connect connect -> {
        peers.add(connect.broker());
        sim.links().connect(broker, connect.broker());
      }
      case CoordinationEffect.Disconnect disconnect -> peers.remove(disconnect.broker());
      case CoordinationEffect.Reject reject -> {
        sim.sometimes().happened("link rejected");
        sim.links().breakLink(broker, reject.broker());
      }
      case CoordinationEffect.LeaseCall call -> lease(call);
      case CoordinationEffect.StateCall call -> state(call);
      case CoordinationEffect.StepGroup step -> {
        CoordGroup group = groups.computeIfAbsent(step.group(), this::absent);
        later(() -> group.step(step.event()));
      }
      case CoordinationEffect.BecameController became -> {
        sim.sometimes().happened("controller");
        topics = new CoordTopics(sim, this);
      }
      case CoordinationEffect.CeasedController ceased -> {
        sim.sometimes().happened("controller ceased");
        topics = null;
      }
      case CoordinationEffect.TellTopics tell -> tell(tell.event());
      case CoordinationEffect.ViewChanged changed -> {}
      case CoordinationEffect.Recovered recovered ->
          recovered.groups().forEach(group -> sim.sometimes().happened(textOf(group)));
      case CoordinationEffect.Drained done -> {
        sim.sometimes().happened(done.inTime() ? "drained" : "drained late");
        drained = true;
      }
      case CoordinationEffect.Exit exit -> throw new SimFailure("EXIT", exit.reason());
      case CoordinationEffect.Say say -> sim.say(broker, say.message());
    }
  }

  private static String textOf(RecoveredGroup group) {
    return group.recovered() ? "group recovered" : "group not recovered";
  }

  private CoordGroup absent(GroupId id) {
    return new CoordGroup(this, id, disks.computeIfAbsent(id, key -> new SimDisk()));
  }

  private void tell(TopicEvent event) {
    if (topics != null) {
      topics.on(event);
    }
  }

  private void lease(CoordinationEffect.LeaseCall call) {
    int thisLife = life;
    java.util.function.Consumer<dev.leat.broker.control.StoreOutcome<dev.leat.crds.Lease>> answer =
        outcome ->
            ifAlive(
                thisLife,
                () -> coordinate(new CoordinationEvent.LeaseAnswered(call.call(), outcome)));
    switch (call) {
      case CoordinationEffect.ReadLease read ->
          sim.api().get(broker, Kind.LEASE, read.name(), answer);
      case CoordinationEffect.CreateLease create ->
          sim.api().write(broker, Verb.CREATE, create.lease(), answer);
      case CoordinationEffect.UpdateLease update ->
          sim.api().write(broker, Verb.UPDATE, update.lease(), answer);
    }
  }

  private void state(CoordinationEffect.StateCall call) {
    int thisLife = life;
    java.util.function.Consumer<dev.leat.broker.control.StoreOutcome<dev.leat.crds.ClusterState>>
        answer =
            outcome ->
                ifAlive(
                    thisLife,
                    () -> coordinate(new CoordinationEvent.StateAnswered(call.call(), outcome)));
    switch (call) {
      case CoordinationEffect.ReadState read ->
          sim.api().get(broker, Kind.CLUSTER_STATE, read.name(), answer);
      case CoordinationEffect.CreateState create ->
          sim.api().write(broker, Verb.CREATE, create.state(), answer);
      case CoordinationEffect.UpdateState update ->
          sim.api().write(broker, Verb.UPDATE, update.state(), answer);
    }
  }

  void send(int to, PeerEnvelope envelope) {
    sim.links().send(broker, to, () -> sim.node(to).receive(envelope));
  }

  private void receive(PeerEnvelope envelope) {
    run(
        () -> {
          CoordGroup group = groups.get(envelope.group());
          if (group != null) {
            group.step(new GroupEvent.Receive(envelope));
          }
        });
  }

  void groupChanged(GroupId group) {
    coordinate(new CoordinationEvent.GroupChanged(group));
  }

  void leads(GroupId group, int epoch, List<PartitionInfo> partitions) {
    coordinate(new CoordinationEvent.GroupLeads(group, epoch, partitions));
  }

  void partitionsChanged(GroupId group, List<PartitionInfo> created, List<PartitionInfo> deleted) {
    coordinate(new CoordinationEvent.PartitionsChanged(group, created, deleted));
  }

  void replied(Object token, Outcome outcome) {
    if (outcome instanceof Outcome.Appointment) {
      sim.sometimes().happened("appointment " + outcome.getClass().getSimpleName());
    }
    coordinate(new CoordinationEvent.Replied((CoordinationEffect.Token) token, outcome));
  }

  void dropped(CoordGroup group) {
    sim.sometimes().happened("replica dropped");
  }

  /** All disks of the broker are one: one sync at a time covers all groups. */
  void sync() {
    if (syncing) {
      return;
    }
    syncing = true;
    Map<GroupId, Integer> counts = new TreeMap<>();
    Map<GroupId, Long> writes = new TreeMap<>();
    groups.forEach(
        (id, group) -> {
          counts.put(id, group.disk.size());
          writes.put(id, group.lastWrite());
        });
    int thisLife = life;
    long time = slowDisk ? clock.between(100_000, 2_000_000) : clock.between(200, 3_000);
    clock.after(time, () -> ifAlive(thisLife, () -> run(() -> synced(counts, writes))));
  }

  private void synced(Map<GroupId, Integer> counts, Map<GroupId, Long> writes) {
    syncing = false;
    counts.forEach(
        (id, count) -> {
          CoordGroup group = groups.get(id);
          if (group != null && group.disk.unsynced() > 0) {
            group.disk.synced(count);
            later(() -> group.step(new GroupEvent.Durable(writes.get(id))));
          }
        });
    if (groups.values().stream().anyMatch(group -> !group.disk.isSynced())) {
      sync();
    }
  }

  boolean leads(GroupId group) {
    CoordGroup held = groups.get(group);
    GroupStatus status = held == null ? null : held.status();
    return isUp() && status != null && status.role() == Role.ACTIVE;
  }

  @Override
  public Collection<GroupId> all() {
    return groups.values().stream()
        .filter(group -> group.machine().exists())
        .map(CoordGroup::id)
        .toList();
  }

  @Override
  public Collection<GroupId> lastResorts() {
    return groups.values().stream()
        .filter(group -> group.machine().withdrawal().isPresent())
        .map(CoordGroup::id)
        .toList();
  }

  @Override
  public Optional<GroupStatus> lastResort(GroupId group) {
    CoordGroup held = groups.get(group);
    return held == null ? Optional.empty() : held.machine().lastResort();
  }

  @Override
  public Optional<GroupStatus> status(GroupId group) {
    CoordGroup held = groups.get(group);
    return held == null ? Optional.empty() : held.machine().status();
  }

  @Override
  public List<PartitionInfo> partitions(GroupId group) {
    CoordGroup held = groups.get(group);
    return held == null ? List.of() : held.machine().partitions();
  }

  static Cluster clusterOf(int brokers, int groups) {
    return Cluster.of(
        CoordSim.CLUSTER,
        new ClusterSpec(brokers, Math.max(1, groups), ClusterSpec.Storage.DEFAULT));
  }

  /** As in production, but for what would make the simulation longer without adding anything. */
  static Timing timing() {
    return new Timing(
        250, 1_500, 3_000, 3_000, 3_000, 2_000, 500, 40_000, 10_000, 5, 250, 1_000, 10_000, 2_000,
        8_000, 3_000, 2_000, 5_000, 5_000, 4);
  }
}
