package dev.leat.broker.sim;

import dev.leat.broker.log.Entry;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Replica;
import dev.leat.broker.replication.Effect;
import dev.leat.broker.replication.GroupEvent;
import dev.leat.broker.replication.GroupMachine;
import dev.leat.broker.replication.GroupRecovery;
import dev.leat.broker.replication.GroupStatus;
import dev.leat.broker.replication.MachineSeam;
import dev.leat.broker.replication.Outcome;
import dev.leat.broker.replication.PeerEnvelope;
import dev.leat.broker.replication.PeerMessage;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A broker with one group: a machine, its disk, and the loop between them. */
final class SimNode {
  static final GroupId GROUP = GroupId.of(3, 0);
  static final long HISTORY = 42;
  private static final long TICK_US = 100_000;
  private static final long WALL_CLOCK_MS = 1_700_000_000_000L;

  final int broker;
  private final SimCluster cluster;
  private final SimClock clock;
  SimDisk disk = new SimDisk();
  private final long skewUs;
  private final double rate;
  private GroupMachine machine;
  private int life;
  private boolean syncing;
  private boolean slowDisk;
  private long lastWrite;
  private final ArrayDeque<GroupEvent> whilePaused = new ArrayDeque<>();
  private boolean paused;
  private Replica self;

  SimNode(int broker, SimCluster cluster) {
    this.broker = broker;
    this.cluster = cluster;
    this.clock = cluster.clock();
    this.skewUs = clock.between(0, 100_000_000);
    this.rate = 0.95 + clock.pick(100) / 1_000.0;
  }

  /** The process starts. */
  void start() {
    life++;
    syncing = false;
    lastWrite = 0;
    paused = false;
    whilePaused.clear();
    GroupRecovery recovery =
        MachineSeam.recovery(GROUP, cluster.options(), cluster.plan().droppedRules());
    if (disk.checkpoint() != null) {
      recovery.checkpoint(disk.checkpoint());
    }
    disk.tail().forEach(recovery::entry);
    machine = recovery.finish();
    machine.status().ifPresent(status -> self = status.self());
    cluster.checker().onStart(this);
    int thisLife = life;
    clock.after(clock.between(0, TICK_US), () -> tick(thisLife));
  }

  private void tick(int ofLife) {
    if (isUp() && life == ofLife) {
      step(new GroupEvent.Tick(WALL_CLOCK_MS + nowMs()));
      disk.release(machine);
      clock.after(TICK_US, () -> tick(ofLife));
    }
  }

  /** kill -9, or the power goes: a prefix of what was not synced stays. */
  void crash() {
    machine = null;
    life++;
    disk.crash(clock.pick(disk.unsynced() + 1));
    cluster.checker().onCrash(this);
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
  }

  GroupMachine machine() {
    return machine;
  }

  GroupStatus status() {
    return machine == null ? null : machine.status().orElse(null);
  }

  /** SIGSTOP or a long pause of the garbage collector; messages wait. */
  void pause() {
    paused = true;
  }

  void resume() {
    if (paused) {
      paused = false;
      while (!whilePaused.isEmpty() && isUp()) {
        step(whilePaused.remove());
      }
    }
  }

  void setSlowDisk(boolean slow) {
    slowDisk = slow;
  }

  private long nowMs() {
    return (long) ((clock.nowUs() + skewUs) * rate) / 1_000;
  }

  void step(GroupEvent event) {
    if (machine == null) {
      return;
    }
    if (paused) {
      whilePaused.add(event);
      return;
    }
    cluster.trace("%d < %s", broker, event);
    List<Effect> effects = machine.step(event, nowMs());
    for (Effect effect : effects) {
      cluster.trace("%d   > %s", broker, effect);
      execute(effect);
    }
    cluster.checker().afterStep(this);
    machine
        .status()
        .ifPresent(
            status -> {
              if (disk.seal(status.appliedSeq(), machine.checkpoint().orElseThrow())) {
                cluster.sometimes().happened("segment sealed");
              }
            });
  }

  @SuppressWarnings("unchecked")
  private void execute(Effect effect) {
    switch (effect) {
      case Effect.Persist persist -> {
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
        cluster.faults().atCriticalPoint(this);
      }
      case Effect.PartitionsChanged changed -> {}
      case Effect.StartsMoved moved -> {}
      case Effect.SendBatches sendBatches -> sendBatches(sendBatches);
      case Effect.DiskWentBack wentBack ->
          throw new SimFailure("DISK", "false alarm: %s", wentBack.detail());
      case Effect.Dropped dropped -> {
        cluster.sometimes().happened("replica dropped");
        cluster.checker().onCrash(this);
      }
      case Effect.Withdrawn withdrawn -> {
        cluster.sometimes().happened("withdrawn " + withdrawn.reason());
        cluster.checker().onCrash(this);
      }
      case Effect.PossibleDataLoss loss -> cluster.sometimes().happened("history forked");
      case Effect.Halted halted -> throw new SimFailure("HALT", halted.reason());
    }
  }

  private void send(Replica to, PeerMessage message) {
    cluster.checker().onSend(this, message);
    cluster.sometimes().happened("sent " + message.getClass().getSimpleName());
    cluster.network().send(new PeerEnvelope(GROUP, HISTORY, self, to, message));
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
    List<ByteBuffer> batches = new ArrayList<>();
    found.forEach(entry -> batches.addAll(entry.body()));
    long next = found.isEmpty() ? effect.endOffset() : found.getLast().header().lastOffset() + 1;
    send(effect.to(), part.withBatches(batches, next));
  }

  /** The disk is gone: an empty one is in its place. */
  void loseDisk() {
    crash();
    disk = new SimDisk();
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
