package dev.leat.broker.runtime;

import dev.leat.broker.log.PartitionInfo;
import dev.leat.broker.log.PartitionView;
import dev.leat.broker.log.Replica;
import dev.leat.broker.replication.AppendPart;
import dev.leat.broker.replication.Effect;
import dev.leat.broker.replication.GroupEvent;
import dev.leat.broker.replication.GroupMachine;
import dev.leat.broker.replication.GroupStatus;
import dev.leat.broker.replication.Role;
import dev.leat.broker.runtime.view.GroupView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Runs the machine of one group on the core loop: stages what arrived in a round, steps, and keeps
 * the views that other threads read in step with the machine.
 */
final class GroupRunner {
  private final GroupMachine machine;
  private final GroupView view;
  private final Map<Integer, LivePartition> partitions = new ConcurrentHashMap<>();
  private List<AppendPart> staged = new ArrayList<>();
  private long stagedBytes;
  private long committedSeq;
  private volatile int promisedEpoch;
  private volatile Presence presence = Presence.ABSENT;
  private boolean leading;
  private long barrierSeq;
  private volatile boolean withdrawn;
  private @Nullable Identity identity;

  GroupRunner(GroupMachine machine, GroupView view) {
    this.machine = machine;
    this.view = view;
  }

  /** Takes over what the machine recovered. */
  void restore() {
    machine
        .status()
        .ifPresent(
            status -> {
              committedSeq = status.appliedSeq();
              promisedEpoch = status.promised().epoch();
            });
    settlePresence();
    withdrawn = machine.withdrawal().isPresent();
    for (PartitionInfo info : machine.partitions()) {
      PartitionView recovered = machine.view(info.number()).orElseThrow();
      LivePartition partition = open(info);
      partition.startAt(recovered.startOffset());
      partition.advance(
          recovered.highWatermark(), recovered.lastStableOffset(), recovered.aborted());
    }
  }

  /**
   * What messages of the replica name.
   *
   * @param history history of the group
   * @param self this replica
   */
  record Identity(long history, Replica self) {}

  /** What messages of this replica name. On the core loop only. */
  Identity identity() {
    Identity known = identity;
    if (known == null) {
      GroupStatus status = machine.status().orElseThrow();
      known = new Identity(status.history(), status.self());
      identity = known;
    }
    return known;
  }

  /** What of the group is on this disk. */
  enum Presence {
    /** Nothing. */
    ABSENT,
    /** A replica that waits for a snapshot, parts of which may be here. */
    EMPTY,
    /** A log. */
    HELD
  }

  /** What of the group is on this disk. Any thread. */
  Presence presence() {
    return presence;
  }

  /** Whether this disk holds a log of the group. Any thread. */
  boolean isHeld() {
    return presence == Presence.HELD;
  }

  /** The replica is another one, or none, from now on. */
  void replaced() {
    identity = null;
    withdrawn = machine.withdrawal().isPresent();
    presence = Presence.EMPTY;
    settlePresence();
  }

  private void settlePresence() {
    if (presence != Presence.HELD) {
      presence =
          machine
              .status()
              .map(status -> status.config() == null ? Presence.EMPTY : Presence.HELD)
              .orElse(Presence.ABSENT);
    }
  }

  GroupMachine machine() {
    return machine;
  }

  GroupView view() {
    return view;
  }

  /** Whether this broker's replica takes part no more. Any thread. */
  boolean isWithdrawn() {
    return withdrawn;
  }

  long committedSeq() {
    return committedSeq;
  }

  /** The partition of this number, or null if there is none (any more). Any thread. */
  @Nullable LivePartition partition(int number) {
    return partitions.get(number);
  }

  /** Puts a part into the round's batch; true if it is the first one. */
  boolean stage(AppendPart part) {
    staged.add(part);
    stagedBytes += part.batches().remaining();
    return staged.size() == 1;
  }

  /** Bytes of what was staged. */
  long stagedBytes() {
    return stagedBytes;
  }

  /** What was staged, as one event. */
  GroupEvent.Append unstage() {
    GroupEvent.Append event = new GroupEvent.Append(staged);
    staged = new ArrayList<>(Math.min(64, staged.size()));
    stagedBytes = 0;
    return event;
  }

  /** Makes the views follow an effect; true if this broker can lead from now on. */
  boolean publish(Effect effect) {
    boolean before = view.own().here();
    follow(effect);
    return !before && view.own().here();
  }

  private void follow(Effect effect) {
    switch (effect) {
      case Effect.Advanced advanced -> advance(advanced);
      case Effect.PartitionsChanged changed -> {
        changed.created().forEach(this::open);
        changed.deleted().forEach(this::close);
      }
      case Effect.StartsMoved moved ->
          moved.starts().forEach(move -> live(move.partition()).startAt(move.startOffset()));
      case Effect.LeaderChanged changed -> lead(changed);
      case Effect.Persist persist -> {}
      case Effect.Send send -> {}
      case Effect.SendLog sendLog -> {}
      case Effect.SendBatches sendBatches -> {}
      case Effect.DiskWentBack wentBack -> {}
      case Effect.Dropped dropped -> drop();
      case Effect.Withdrawn gone -> {
        drop();
        withdrawn = true;
      }
      case Effect.PossibleDataLoss loss -> replaced();
      case Effect.Reply reply -> {}
      case Effect.Halted halted -> {}
    }
  }

  /** A partition that the group holds: known from its log. */
  LivePartition open(PartitionInfo info) {
    return partitions.computeIfAbsent(
        info.number(),
        number -> new LivePartition(view, number, info.topicName(), info.id().partition()));
  }

  private void close(PartitionInfo info) {
    LivePartition gone = partitions.remove(info.number());
    if (gone != null) {
      gone.delete();
    }
  }

  /** What was here is gone; another replica may begin. */
  private void drop() {
    List<LivePartition> gone = List.copyOf(partitions.values());
    partitions.clear();
    committedSeq = 0;
    leading = false;
    view.lead(new GroupView.Leadership(GroupView.NO_LEADER, 0, false, List.of()));
    presence = Presence.ABSENT;
    identity = null;
    gone.forEach(LivePartition::wake);
  }

  private void advance(Effect.Advanced advanced) {
    settlePresence();
    committedSeq = advanced.committedSeq();
    for (Effect.HighWatermark mark : advanced.partitions()) {
      LivePartition partition = partitions.get(mark.partition());
      if (partition != null) {
        partition.advance(mark.offset(), mark.lastStableOffset(), mark.aborted());
      }
    }
    GroupView.Leadership leadership = view.own();
    if (leading && !leadership.here() && committedSeq >= barrierSeq) {
      // Its barrier is committed and shown: from now on its high watermarks are those of the group.
      // Not before: a reader would hear that what the leader before has shown does not exist.
      view.lead(
          new GroupView.Leadership(
              leadership.leader(), leadership.epoch(), true, leadership.voters()));
      partitions.values().forEach(LivePartition::wake);
    }
  }

  /** Epoch that the replica here has promised. Any thread. */
  int promisedEpoch() {
    return promisedEpoch;
  }

  private void lead(Effect.LeaderChanged changed) {
    promisedEpoch = changed.epoch();
    settlePresence();
    int leader = changed.leader() == null ? GroupView.NO_LEADER : changed.leader().broker();
    leading = changed.role() == Role.ACTIVE;
    // A leader begins with its barrier, so that is at most the newest entry now.
    barrierSeq = machine.status().map(GroupStatus::lastSeq).orElse(0L);
    // Who collects may never lead, and clients take nothing of a lower epoch than they have seen.
    boolean collects = changed.role() == Role.COLLECTING;
    view.lead(
        new GroupView.Leadership(
            collects ? GroupView.NO_LEADER : leader,
            collects ? view.own().epoch() : changed.epoch(),
            false,
            voters()));
    partitions.values().forEach(LivePartition::wake);
  }

  private List<Integer> voters() {
    return machine
        .status()
        .map(GroupStatus::config)
        .map(config -> config.voters().stream().map(Replica::broker).toList())
        .orElse(List.of());
  }

  private LivePartition live(int number) {
    LivePartition partition = partitions.get(number);
    if (partition == null) {
      throw new IllegalStateException("group " + view.id() + " has no partition " + number);
    }
    return partition;
  }
}
