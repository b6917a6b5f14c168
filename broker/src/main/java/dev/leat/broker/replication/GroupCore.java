package dev.leat.broker.replication;

import dev.leat.broker.log.Entry;
import dev.leat.broker.log.EntryHeader;
import dev.leat.broker.log.FormatRange;
import dev.leat.broker.log.JournalSpace;
import dev.leat.broker.log.PartitionInfo;
import dev.leat.broker.log.Replica;
import dev.leat.broker.log.group.EntryBodies;
import dev.leat.broker.log.group.GroupState;
import dev.leat.broker.log.group.PartitionChange;
import dev.leat.broker.log.group.PartitionState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What all roles of a replica share: the log, the committed seq, and the effects of the step under
 * way.
 */
final class GroupCore {
  final GroupLog log;
  final GroupOptions options;
  final Set<Rule> dropped;
  private final ArrayDeque<Deferred> deferred = new ArrayDeque<>();
  private List<Effect> effects = new ArrayList<>();
  private long committed;
  private long nowMs;
  private long lastRound;
  private long wallClockMs;
  private JournalSpace space = new JournalSpace.Available();
  private @Nullable String haltReason;
  private FormatRange formats = FormatRange.CURRENT;

  private record Deferred(long write, Effect effect) {}

  GroupCore(GroupLog log, GroupOptions options, Set<Rule> dropped) {
    this.log = log;
    this.options = options;
    this.dropped = dropped;
    this.committed = log.state().seq();
  }

  Replica self() {
    return log.state().identity().self();
  }

  /** What this release knows, and what the cluster writes. */
  void setFormats(FormatRange known, int written) {
    formats = known;
    log.setFormat(written);
  }

  FormatRange formats() {
    return formats;
  }

  boolean isDropped(Rule rule) {
    return !dropped.isEmpty() && dropped.contains(rule);
  }

  void begin(long now) {
    nowMs = Math.max(nowMs, now);
  }

  long nowMs() {
    return nowMs;
  }

  long wallClockMs() {
    return wallClockMs;
  }

  void setWallClockMs(long wallClock) {
    wallClockMs = wallClock;
  }

  JournalSpace space() {
    return space;
  }

  /** Whether these are records and the disk takes none. */
  boolean hasNoRoomFor(List<Entry> entries) {
    return space instanceof JournalSpace.Full
        && entries.stream().anyMatch(entry -> entry.header().kind().holdsBatches());
  }

  void setSpace(JournalSpace newest) {
    space = newest;
  }

  /** Something must not be: the machine stops after this step. */
  void halt(String reason) {
    haltReason = reason;
  }

  @Nullable String haltReason() {
    return haltReason;
  }

  /** A number above all before, from which the time can be told. */
  long nextRound() {
    lastRound = Math.max(lastRound + 1, nowMs << 20);
    return lastRound;
  }

  long newestRound() {
    return lastRound;
  }

  static long timeOfRound(long round) {
    return round >>> 20;
  }

  void emit(Effect effect) {
    effects.add(effect);
  }

  void send(Replica to, PeerMessage message) {
    emit(new Effect.Send(to, message));
  }

  void reply(Object token, Outcome outcome) {
    emit(new Effect.Reply(token, outcome));
  }

  Outcome.Refused refused(Refusal reason, String detail) {
    return new Outcome.Refused(reason, log.promise().epoch(), log.promise().leader(), detail);
  }

  /** Emits the effect once everything that has been written up to now is on disk. */
  void emitWhenDurable(Effect effect) {
    long write = log.newestWrite();
    if (write <= log.durableWrite()) {
      emit(effect);
    } else {
      deferred.add(new Deferred(write, effect));
    }
  }

  /** Nothing that waits for the disk is sent any more. */
  void forgetDeferred() {
    deferred.clear();
  }

  /** Whether everything that this replica ever wrote is on disk, given this news. */
  boolean isDurable(long write) {
    return Math.max(write, log.durableWrite()) >= log.newestWrite();
  }

  void onDurable(long write) {
    log.onDurable(write);
    while (!deferred.isEmpty() && deferred.peek().write <= log.durableWrite()) {
      emit(deferred.remove().effect);
    }
  }

  /** Ends the step: what is to be written comes first. */
  List<Effect> end() {
    Effect.Persist persist = log.takeWrite();
    if (persist != null) {
      effects.addFirst(persist);
    }
    List<Effect> all = effects;
    effects = new ArrayList<>();
    return all;
  }

  long committed() {
    return committed;
  }

  /** All up to {@code seq} is committed; never goes back. COMMIT: shown is what is on this disk. */
  void commit(long seq, Consumer<Entry> applied) {
    committed = Math.max(committed, seq);
    long here = isDropped(Rule.SHOWN) ? log.lastSeq() : log.durableSeq();
    long readable = Math.min(committed, here);
    if (readable > log.state().seq()) {
      Changes changes = new Changes();
      log.applyUpTo(
          readable,
          entry -> {
            changes.add(entry);
            applied.accept(entry);
          });
      changes.emit();
    }
  }

  /** A base has taken the place of the log: tells readers all of it. */
  void installed(GroupState before) {
    committed = Math.max(committed, log.state().seq());
    tell(before, log.state());
  }

  /** Tells readers that they see another state now. */
  void tell(GroupState before, GroupState after) {
    List<PartitionInfo> created = new ArrayList<>();
    List<PartitionInfo> deleted = new ArrayList<>();
    List<Effect.HighWatermark> highWatermarks = new ArrayList<>();
    List<GroupEvent.StartMove> starts = new ArrayList<>();
    for (PartitionState old : before.partitions()) {
      if (after.partition(old.info().number()) == null) {
        deleted.add(old.info());
      }
    }
    for (PartitionState partition : after.partitions()) {
      int number = partition.info().number();
      if (before.partition(number) == null) {
        created.add(partition.info());
      }
      highWatermarks.add(Effect.HighWatermark.of(partition));
      starts.add(new GroupEvent.StartMove(number, partition.startOffset()));
    }
    emit(new Effect.PartitionsChanged(created, deleted));
    emit(new Effect.Advanced(after.seq(), highWatermarks));
    emit(new Effect.StartsMoved(starts));
  }

  /** What the entries applied in one step change for readers. */
  private final class Changes {
    private final Set<Integer> advanced = new HashSet<>();
    private final List<PartitionInfo> created = new ArrayList<>();
    private final List<PartitionInfo> deleted = new ArrayList<>();
    private final List<GroupEvent.StartMove> starts = new ArrayList<>();

    void add(Entry entry) {
      EntryHeader header = entry.header();
      switch (header.kind()) {
        case BATCHES -> advanced.add(header.partition());
        case START -> starts.add(new GroupEvent.StartMove(header.partition(), header.baseOffset()));
        case TOPIC -> EntryBodies.topic(EntryBodies.join(entry.body())).forEach(this::add);
        case CONFIG, BARRIER, CLOCK, PROMISE, BASE, REPLICA, MOVED -> {}
      }
    }

    private void add(PartitionChange change) {
      (change.created() ? created : deleted).add(change.info());
    }

    void emit() {
      if (!created.isEmpty() || !deleted.isEmpty()) {
        GroupCore.this.emit(
            new Effect.PartitionsChanged(List.copyOf(created), List.copyOf(deleted)));
      }
      List<Effect.HighWatermark> highWatermarks = new ArrayList<>(advanced.size());
      for (int number : advanced) {
        PartitionState partition = log.state().partition(number);
        if (partition != null) {
          highWatermarks.add(Effect.HighWatermark.of(partition));
        }
      }
      GroupCore.this.emit(new Effect.Advanced(log.state().seq(), highWatermarks));
      starts.removeIf(start -> log.state().partition(start.partition()) == null);
      if (!starts.isEmpty()) {
        GroupCore.this.emit(new Effect.StartsMoved(List.copyOf(starts)));
      }
    }
  }
}
