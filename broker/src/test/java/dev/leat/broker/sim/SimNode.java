package dev.leat.broker.sim;

import dev.leat.broker.log.Entry;
import dev.leat.broker.log.FormatRange;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.JournalSpace;
import dev.leat.broker.log.Promise;
import dev.leat.broker.log.Replica;
import dev.leat.broker.log.Withdrawal;
import dev.leat.broker.log.disk.DiskIdentity;
import dev.leat.broker.log.disk.Hello;
import dev.leat.broker.log.disk.Verdict;
import dev.leat.broker.replication.Effect;
import dev.leat.broker.replication.GroupEvent;
import dev.leat.broker.replication.GroupMachine;
import dev.leat.broker.replication.GroupRecovery;
import dev.leat.broker.replication.GroupStatus;
import dev.leat.broker.replication.MachineSeam;
import dev.leat.broker.replication.Outcome;
import dev.leat.broker.replication.PeerEnvelope;
import dev.leat.broker.replication.PeerMessage;
import dev.leat.broker.replication.Role;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/** A broker with one group: a machine, its disk, and the loop between them. */
final class SimNode {
  static final GroupId GROUP = GroupId.of(3, 0);
  static final long HISTORY = 42;
  private static final UUID CLUSTER_ID = new UUID(4, 2);
  private static final long TICK_US = 100_000;
  private static final long WALL_CLOCK_MS = 1_700_000_000_000L;

  final int broker;
  private final SimCluster cluster;
  private final SimClock clock;
  SimDisk disk;
  private final long skewUs;
  private final double rate;
  private GroupMachine machine;
  private int life;
  private boolean syncing;
  private boolean slowDisk;
  private boolean followed;
  private JournalSpace space = new JournalSpace.Available();
  private long lastWrite;
  private final ArrayDeque<Runnable> whilePaused = new ArrayDeque<>();
  private boolean paused;
  private Replica self;
  private long nonce;
  private final Map<Integer, Long> greeted = new HashMap<>();
  private SimDisk snapshot;
  private FormatRange release = FormatRange.CURRENT;
  private FormatRange installed = FormatRange.CURRENT;
  private boolean doomed;
  private boolean gone;

  SimNode(int broker, SimCluster cluster) {
    this.broker = broker;
    this.cluster = cluster;
    this.clock = cluster.clock();
    this.skewUs = clock.between(0, 100_000_000);
    this.rate = 0.95 + clock.pick(100) / 1_000.0;
    this.disk = new SimDisk(cluster.newId());
  }

  /** The process starts. */
  void start() {
    life++;
    syncing = false;
    lastWrite = 0;
    paused = false;
    whilePaused.clear();
    greeted.clear();
    release = installed;
    nonce = cluster.newId().getLeastSignificantBits();
    disk.start(nonce);
    GroupRecovery recovery =
        MachineSeam.recovery(GROUP, cluster.options(), cluster.plan().coreRules(), release);
    disk.recover(recovery);
    machine = recovery.finish();
    self = machine.status().map(GroupStatus::self).orElse(self);
    boolean newer =
        machine.status().filter(found -> found.history() > cluster.history()).isPresent();
    if (newer && !machine.forks().isEmpty()) {
      // The process ended when the new history was on disk, and nobody had been told.
      cluster.checker().onForked(this, machine.forks().getLast());
    }
    cluster.checker().onStart(this);
    machine.status().ifPresent(found -> disk.recovered(found.promised()));
    if (machine.withdrawal().isPresent()) {
      cluster.sometimes().happened("starts withdrawn " + machine.withdrawal().get());
      self = null;
    }
    int thisLife = life;
    clock.after(clock.between(0, TICK_US), () -> tick(thisLife));
    tellSpace();
    step(new GroupEvent.WriteFormat(Math.min(cluster.format(), release.newest())));
    settleDoubt();
    cluster.tellHistory(this);
  }

  FormatRange release() {
    return release;
  }

  /** Which release runs from the next start on. */
  void install(FormatRange next) {
    installed = next;
  }

  /** DISK: a disk in doubt counts for nothing before all its replicas have withdrawn. */
  private void settleDoubt() {
    Withdrawal doubt = disk.doubt();
    if (doubt != null) {
      int thisLife = life;
      Consumer<Outcome> withdrawn =
          outcome -> {
            if (life == thisLife) {
              disk.settle(cluster.newId());
              greeted.clear();
            }
          };
      step(new GroupEvent.Withdraw(doubt, withdrawn));
    }
  }

  private DiskIdentity identity() {
    return new DiskIdentity(
        CLUSTER_ID, broker, disk.diskId(), "volume", disk.starts(), nonce, disk.past());
  }

  /** The first message of a process is its hello. */
  void arrived(DiskIdentity sender, PeerEnvelope envelope) {
    if (paused) {
      whilePaused.add(() -> arrived(sender, envelope));
    } else if (isUp() && isWelcome(sender)) {
      cluster.witness().onArrived(this, envelope.message());
      step(new GroupEvent.Receive(envelope));
    }
  }

  /** Links to all peers: they hear of this start. */
  void sayHello() {
    DiskIdentity says = identity();
    for (SimNode other : cluster.nodes()) {
      clock.after(
          clock.between(100, 2_000),
          () -> {
            boolean open = other != this && cluster.network().isOpen(broker, other.broker);
            if (open && other.isUp() && !other.isPaused()) {
              other.isWelcome(says);
            }
          });
    }
  }

  private boolean isWelcome(DiskIdentity sender) {
    long known = greeted.getOrDefault(sender.brokerId(), 0L);
    if (known == sender.nonce()) {
      return true;
    }
    Verdict verdict = disk.peers().judge(hello(identity()), hello(sender), null);
    return switch (verdict) {
      case Verdict.Welcome welcome -> {
        greeted.put(sender.brokerId(), sender.nonce());
        disk.keep(welcome.table());
        yield true;
      }
      case Verdict.Refused refused -> {
        if (cluster.plan().drops("WENTBACK")) {
          yield true;
        }
        cluster.refused(sender, refused.reason());
        yield false;
      }
    };
  }

  private Hello hello(DiskIdentity of) {
    return new Hello(of, new FormatRange(1, 2), 1);
  }

  /** A peer has refused this process. */
  void onRefused(DiskIdentity refused, Verdict.Refusal reason) {
    boolean still = isUp() && refused.equals(identity());
    if (still && reason == Verdict.Refusal.WENT_BACK) {
      goneBack();
    }
  }

  /** A leader has noticed that this replica lacks what it had acked. */
  void onLossNoticed(Replica replica) {
    if (isUp() && status() != null && status().self().equals(replica)) {
      goneBack();
    }
  }

  private void goneBack() {
    if (disk.doubt() == null) {
      cluster.sometimes().happened("went back");
      disk.doubt(Withdrawal.DISK_WENT_BACK);
      settleDoubt();
    }
  }

  /** Whether that node knows of the present start of this one. */
  boolean isKnownBy(SimNode other) {
    return other.disk.peers().of(broker, disk.diskId()).stream()
        .anyMatch(known -> known.starts() == disk.starts());
  }

  /** Somebody copies the volume. */
  void takeSnapshot() {
    snapshot = disk.copy();
  }

  /** The copy of an earlier start, null if there is none. */
  SimDisk snapshot() {
    return snapshot != null && snapshot.starts() < disk.starts() ? snapshot : null;
  }

  /** The disk is set back. */
  void rollBack(SimDisk to) {
    crash();
    doomed = true;
    disk = to;
    snapshot = null;
  }

  private void tick(int ofLife) {
    if (isUp() && life == ofLife) {
      cluster.tellHistory(this);
      step(new GroupEvent.Tick(WALL_CLOCK_MS + nowMs()));
      if (machine.exists()) {
        disk.release(machine);
      }
      clock.after(TICK_US, () -> tick(ofLife));
    }
  }

  /** kill -9, or the power goes: a prefix of what was not synced stays. */
  void crash() {
    machine = null;
    life++;
    Promise promised = disk.written().promise();
    disk.crash(clock.pick(disk.unsynced() + 1));
    cluster.witness().onCrash(this, promised);
    cluster.checker().onCrash(this);
    cluster.voters().onCrash(this);
  }

  boolean isUp() {
    return machine != null;
  }

  boolean isPaused() {
    return paused;
  }

  Replica self() {
    return self;
  }

  void setSelf(Replica replica) {
    self = replica;
    doomed = false;
  }

  /** What it has is not what it has acked: it will have to come back as a new replica. */
  void doom() {
    doomed = true;
  }

  boolean isDoomed() {
    return doomed;
  }

  /** Whether the machine will not come back before somebody says so. */
  boolean isGone() {
    return gone;
  }

  void setGone(boolean forNow) {
    gone = forNow;
  }

  GroupMachine machine() {
    return machine;
  }

  GroupStatus status() {
    return machine == null ? null : machine.status().orElse(null);
  }

  /** Whether its replica belongs to the history that the group goes on in. */
  boolean isOfHistory() {
    return status().history() == cluster.history();
  }

  /** SIGSTOP or a long pause of the garbage collector; messages wait. */
  void pause() {
    paused = true;
  }

  void resume() {
    if (paused) {
      paused = false;
      while (!whilePaused.isEmpty() && isUp()) {
        whilePaused.remove().run();
      }
    }
  }

  void setSlowDisk(boolean slow) {
    slowDisk = slow;
  }

  /** Whether records fit on the disk, for whoever runs there from now on. */
  void setSpace(JournalSpace newest) {
    if (paused) {
      whilePaused.add(() -> setSpace(newest));
    } else {
      space = newest;
      tellSpace();
    }
  }

  private void tellSpace() {
    step(new GroupEvent.Space(space));
  }

  private long nowMs() {
    return (long) ((clock.nowUs() + skewUs) * rate) / 1_000;
  }

  void step(GroupEvent event) {
    if (machine == null) {
      return;
    }
    if (paused) {
      whilePaused.add(() -> step(event));
      return;
    }
    cluster.trace("%d < %s", broker, event);
    followed = status() != null && status().role() == Role.FOLLOWER;
    List<Effect> effects = machine.step(event, nowMs());
    if (event instanceof GroupEvent.Create || event instanceof GroupEvent.Join) {
      // The replica may be another one, which knows of room only.
      machine.step(new GroupEvent.Space(space), nowMs());
    }
    for (Effect effect : effects) {
      cluster.trace("%d   > %s", broker, effect);
      execute(effect);
    }
    cluster.checker().afterStep(this);
    cluster.witness().afterStep(this);
    machine
        .checkpoint()
        .ifPresent(
            checkpoint -> {
              if (disk.seal(machine.coveredSeq(), checkpoint)) {
                cluster.sometimes().happened("segment sealed");
              }
            });
  }

  @SuppressWarnings("unchecked")
  private void execute(Effect effect) {
    switch (effect) {
      case Effect.Persist persist -> {
        checkSpace(persist.entries());
        disk.append(persist.entries());
        lastWrite = persist.write();
        cluster.checker().onAppended(this, persist.entries());
        sync();
      }
      case Effect.Send send -> send(send.to(), send.message());
      case Effect.SendLog sendLog -> sendLog(sendLog);
      case Effect.Reply reply -> ((Consumer<Outcome>) reply.token()).accept(reply.outcome());
      case Effect.Advanced advanced -> {
        cluster.checker().onAdvanced(this, advanced);
        cluster.faults().atCriticalPoint(this);
      }
      case Effect.LeaderChanged changed -> {
        cluster.checker().onLeaderChanged(this, changed);
        cluster.witness().onLeaderChanged(this, changed);
        cluster.faults().atCriticalPoint(this);
      }
      case Effect.PartitionsChanged changed -> {}
      case Effect.StartsMoved moved -> {}
      case Effect.SendBatches sendBatches -> sendBatches(sendBatches);
      case Effect.DiskWentBack wentBack -> cluster.disks().wentBack(wentBack);
      case Effect.Dropped dropped -> {
        cluster.sometimes().happened("replica dropped");
        cluster.disks().dropped(dropped.self());
        cluster.checker().onEnded(this);
      }
      case Effect.Withdrawn withdrawn -> {
        cluster.sometimes().happened("withdrawn " + withdrawn.reason());
        self = null;
        cluster.checker().onEnded(this);
      }
      case Effect.PossibleDataLoss loss -> {
        cluster.sometimes().happened("history forked");
        self = machine.status().orElseThrow().self();
        cluster.checker().onForked(this, loss.fork());
      }
      case Effect.Halted halted -> throw new SimFailure("HALT", halted.reason());
    }
  }

  /** A disk that is full takes no records from a leader; a new leader may need what others have. */
  private void checkSpace(List<Entry> entries) {
    boolean records = entries.stream().anyMatch(entry -> entry.header().kind().holdsBatches());
    SimFailure.check(
        !(followed && records && space instanceof JournalSpace.Full),
        "SPACE",
        "%d writes records to a full disk",
        broker);
  }

  private void send(Replica to, PeerMessage message) {
    cluster.checker().onSend(this, message);
    cluster.witness().onSend(this, message);
    cluster.sometimes().happened("sent " + message.getClass().getSimpleName());
    GroupStatus status = status();
    if (status != null) {
      cluster
          .network()
          .send(identity(), new PeerEnvelope(GROUP, status.history(), status.self(), to, message));
    }
  }

  /** Reads from the written log, as a reader thread would: a little later. */
  private void sendLog(Effect.SendLog effect) {
    int thisLife = life;
    clock.after(
        clock.between(50, 2_000),
        () -> {
          if (!isUp() || life != thisLife) {
            return;
          }
          List<Entry> found = new ArrayList<>();
          int bytes = 0;
          for (long seq = effect.fromSeq(); seq <= effect.toSeq(); seq++) {
            Entry entry = disk.read(seq);
            if (entry == null || (!found.isEmpty() && bytes > effect.maxBytes())) {
              break;
            }
            if (disk.isDamaged(entry)) {
              damaged(entry);
              return;
            }
            found.add(entry);
            bytes += entry.sizeBytes();
          }
          if (found.isEmpty()) {
            step(new GroupEvent.LogMissing(effect.to(), effect.fromSeq()));
          } else {
            cluster.sometimes().happened("fed from the journal");
            send(effect.to(), effect.message().withEntries(found));
          }
        });
  }

  private void sendBatches(Effect.SendBatches effect) {
    PeerMessage.SnapshotPart part = effect.message();
    List<Entry> found =
        disk.onDisk().readBatches(part.partition(), part.offset(), effect.endOffset(), 4);
    Optional<Entry> bad = found.stream().filter(disk::isDamaged).findFirst();
    if (bad.isPresent()) {
      damaged(bad.get());
      return;
    }
    List<ByteBuffer> batches = new ArrayList<>();
    found.forEach(entry -> batches.addAll(entry.body()));
    long next = found.isEmpty() ? effect.endOffset() : found.getLast().header().lastOffset() + 1;
    send(effect.to(), part.withBatches(batches, next));
  }

  /** A reader finds a damaged entry; it tells the machine a little later. */
  private void damaged(Entry entry) {
    cluster.sometimes().happened("reader found damage");
    int thisLife = life;
    clock.after(
        50,
        () -> {
          if (life == thisLife) {
            step(new GroupEvent.Damaged("entry " + entry.header().seq()));
          }
        });
  }

  /** The disk is gone: an empty one is in its place. */
  void loseDisk() {
    crash();
    snapshot = null;
    disk = new SimDisk(cluster.newId());
  }

  private void sync() {
    if (syncing) {
      return;
    }
    syncing = true;
    int count = disk.size();
    long write = lastWrite;
    int thisLife = life;
    long time = slowDisk ? clock.between(100_000, 2_500_000) : clock.between(200, 3_000);
    clock.after(
        time,
        () -> {
          if (life != thisLife) {
            return;
          }
          syncing = false;
          disk.synced(count);
          if (!disk.isSynced()) {
            sync();
          }
          step(new GroupEvent.Durable(write));
        });
  }
}
