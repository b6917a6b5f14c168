package dev.leat.broker.replication;

import dev.leat.broker.log.Entry;
import dev.leat.broker.log.EntryHeader;
import dev.leat.broker.log.EntryKind;
import dev.leat.broker.log.FormatRange;
import dev.leat.broker.log.GroupConfig;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Invariant;
import dev.leat.broker.log.Promise;
import dev.leat.broker.log.Replica;
import dev.leat.broker.log.group.EntryBodies;
import dev.leat.broker.log.group.EpochStarts;
import dev.leat.broker.log.group.GroupCheckpoint;
import dev.leat.broker.log.group.GroupState;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The log of a group at one replica, and what of it is on disk.
 *
 * <pre>
 *   1 ............ state.seq | state.seq + 1 ................ lastSeq
 *   folded into the state    | tail: may still be cut, or is not on disk here yet
 *                                 ^ durableSeq is anywhere from state.seq on
 * </pre>
 *
 * <p>What is folded is committed and on disk here, so that checkpoints and readers never know more
 * than the disk does.
 */
final class GroupLog {
  private final GroupId group;
  private GroupState state;
  private Promise promise;
  private long promiseWrite;
  private final ArrayList<Entry> tail = new ArrayList<>();
  private int tailStart;
  private final ArrayDeque<ConfigAt> tailConfigs = new ArrayDeque<>();
  private long bodiesFrom = Long.MAX_VALUE;
  private long pendingBytes;
  private long durableSeq;
  private long durableWrite;
  private long lastWrite;
  private final ArrayDeque<Write> writes = new ArrayDeque<>();
  private List<Entry> unwritten = new ArrayList<>();
  private int format = FormatRange.CURRENT.oldest();

  private record ConfigAt(long seq, int epoch, GroupConfig config) {}

  private static final class Write {
    final long number;
    long endSeq;

    Write(long number, long endSeq) {
      this.number = number;
      this.endSeq = endSeq;
    }
  }

  /** A recovered log; everything in it is on disk. */
  GroupLog(GroupId group, GroupState state, Promise promise, List<Entry> recovered) {
    this.group = group;
    this.state = state;
    this.promise = promise;
    for (Entry entry : recovered) {
      add(entry);
    }
    durableSeq = lastSeq();
  }

  /**
   * From here on bodies stay in memory until they are applied: those of a leader, whose appenders
   * wait for that. What came from others is let go of as soon as it is on disk.
   */
  void keepBodies() {
    bodiesFrom = lastSeq() + 1;
  }

  /** Appenders wait no more: what is in memory may be used again. */
  void forgetBodies() {
    bodiesFrom = Long.MAX_VALUE;
  }

  /** Numbers writes from here on: an earlier replica of this machine has used those before. */
  void continueWrites(long before) {
    lastWrite = before;
    durableWrite = before;
  }

  GroupId group() {
    return group;
  }

  GroupState state() {
    return state;
  }

  Promise promise() {
    return promise;
  }

  long lastSeq() {
    return state.seq() + tail.size() - tailStart;
  }

  int lastEpoch() {
    return epochAt(lastSeq());
  }

  long durableSeq() {
    return durableSeq;
  }

  /** Number of the last {@link Effect.Persist} that is on disk. */
  long durableWrite() {
    return durableWrite;
  }

  /** Number of the write that the entries of this step will be in. */
  long nextWrite() {
    return lastWrite + 1;
  }

  /** Number of the last write, the one in the making included. */
  long newestWrite() {
    return unwritten.isEmpty() ? lastWrite : lastWrite + 1;
  }

  boolean isPromiseDurable() {
    return durableWrite >= promiseWrite;
  }

  long promiseWrite() {
    return promiseWrite;
  }

  long pendingBytes() {
    return pendingBytes;
  }

  /** Epoch of the entry at {@code seq}; 0 at 0; UNKNOWN where there is none or it is forgotten. */
  int epochAt(long seq) {
    if (seq == 0) {
      return 0;
    }
    if (seq > lastSeq()) {
      return EpochStarts.UNKNOWN;
    }
    return seq > state.seq() ? header(seq).epoch() : state.epochs().epochAt(seq);
  }

  boolean has(long seq, int epoch) {
    return seq == 0 || (seq <= lastSeq() && epochAt(seq) == epoch);
  }

  /** The highest seq up to {@code seq} whose epoch is not above {@code epoch}. */
  long lastNotAbove(long seq, int epoch) {
    long candidate = Math.min(seq, lastSeq());
    while (candidate > state.seq() && header(candidate).epoch() > epoch) {
      candidate--;
    }
    while (candidate > 0 && candidate <= state.seq() && epochAt(candidate) > epoch) {
      candidate = state.epochs().startOfEpochAt(candidate) - 1;
    }
    return candidate;
  }

  /** Whether the entry's body is here, not only in the journal. */
  boolean hasBody(long seq) {
    return seq > state.seq() && seq >= bodiesFrom && seq <= lastSeq();
  }

  /** Up to here, bodies are in the journal only. */
  long lastOnDiskOnly() {
    return Math.min(lastSeq(), Math.max(state.seq(), bodiesFrom - 1));
  }

  Entry entry(long seq) {
    return tail.get(tailStart + (int) (seq - state.seq() - 1));
  }

  EntryHeader header(long seq) {
    return entry(seq).header();
  }

  /** Newest config in the log, committed or not; null in a replica that has nothing. */
  @Nullable GroupConfig config() {
    ConfigAt newest = tailConfigs.peekLast();
    return newest == null ? state.config() : newest.config();
  }

  long configSeq() {
    ConfigAt newest = tailConfigs.peekLast();
    return newest == null ? state.configSeq() : newest.seq();
  }

  int configEpoch() {
    return epochAt(configSeq());
  }

  boolean isVoter(Replica replica) {
    GroupConfig config = config();
    return config != null && config.contains(replica);
  }

  /** Appends the next entry; it goes to disk with this step. */
  void append(Entry entry) {
    Invariant.check(
        entry.header().seq() == lastSeq() + 1,
        "entry %d appended after %d",
        entry.header().seq(),
        lastSeq());
    add(entry);
    unwritten.add(entry);
  }

  private void add(Entry entry) {
    tail.add(entry);
    pendingBytes += entry.sizeBytes();
    EntryHeader header = entry.header();
    if (header.kind() == EntryKind.CONFIG) {
      GroupConfig config = EntryBodies.config(EntryBodies.join(entry.body()));
      tailConfigs.add(new ConfigAt(header.seq(), header.epoch(), config));
    }
  }

  /** Cuts off {@code seq} and all after it. The journal does it when the next entry comes. */
  void cut(long seq) {
    Invariant.check(seq > state.seq(), "cut at %d, committed is %d", seq, state.seq());
    while (lastSeq() >= seq) {
      pendingBytes -= tail.removeLast().sizeBytes();
    }
    while (!tailConfigs.isEmpty() && tailConfigs.getLast().seq() >= seq) {
      tailConfigs.removeLast();
    }
    durableSeq = Math.min(durableSeq, seq - 1);
    writes.forEach(write -> write.endSeq = Math.min(write.endSeq, seq - 1));
    unwritten.removeIf(entry -> entry.header().seq() >= seq);
  }

  /** Promises; goes to disk with this step, unless a mutant forgets it. VOLVOTE */
  void promise(int epoch, Replica leader, boolean forgotten) {
    promise = new Promise(epoch, leader);
    if (!forgotten) {
      writeAside(EntryKind.PROMISE, epoch, EntryBodies.promise(epoch, leader));
      promiseWrite = lastWrite + 1;
    }
  }

  /** Writes an entry outside the log; goes to disk with this step. */
  void write(Entry entry) {
    unwritten.add(entry);
  }

  /** Puts a base in the place of the log; it is on disk. */
  void install(GroupCheckpoint base) {
    tail.clear();
    tailStart = 0;
    tailConfigs.clear();
    pendingBytes = 0;
    state = base.state();
    promise = base.promise();
    promiseWrite = Math.min(promiseWrite, durableWrite);
    durableSeq = state.seq();
    writes.forEach(write -> write.endSeq = durableSeq);
  }

  /** Writes an entry outside the log; goes to disk with this step. */
  void writeAside(EntryKind kind, int epoch, ByteBuffer body) {
    ByteBuffer stamped = kind == EntryKind.BASE ? body : EntryBodies.stamp(body, format);
    unwritten.add(new Entry(EntryHeader.plain(group, 0, epoch, kind), List.of(stamped)));
  }

  /** Format version of what is written from now on. */
  void setFormat(int version) {
    format = version;
  }

  int format() {
    return format;
  }

  /** What this step writes, null if nothing. */
  Effect.@Nullable Persist takeWrite() {
    if (unwritten.isEmpty()) {
      return null;
    }
    lastWrite++;
    writes.add(new Write(lastWrite, lastSeq()));
    Effect.Persist persist = new Effect.Persist(unwritten, lastWrite);
    unwritten = new ArrayList<>();
    return persist;
  }

  void onDurable(long write) {
    Invariant.check(write <= lastWrite, "write %d durable, %d was the last", write, lastWrite);
    durableWrite = Math.max(durableWrite, write);
    while (!writes.isEmpty() && writes.peek().number <= write) {
      durableSeq = Math.max(durableSeq, writes.remove().endSeq);
    }
  }

  /** Folds entries up to {@code seq}, which is committed and on disk. */
  void applyUpTo(long seq, Consumer<Entry> applied) {
    while (state.seq() < seq) {
      Entry entry = tail.get(tailStart);
      state.apply(entry.header(), entry.body());
      tailStart++;
      pendingBytes -= entry.sizeBytes();
      if (!tailConfigs.isEmpty() && tailConfigs.getFirst().seq() == state.seq()) {
        tailConfigs.removeFirst();
      }
      applied.accept(entry);
    }
    dropApplied();
  }

  /** Folds everything, committed or not: this replica takes part no more. */
  GroupState foldAll() {
    applyUpTo(lastSeq(), entry -> {});
    return state;
  }

  /** UNCLEAN: everything as the base of a new history. */
  GroupCheckpoint fork(long history, Replica self) {
    return new GroupCheckpoint(state, promise)
        .fork(tail.subList(tailStart, tail.size()), history, self);
  }

  private void dropApplied() {
    if (tailStart > 0 && tailStart >= tail.size() / 2) {
      tail.subList(0, tailStart).clear();
      tailStart = 0;
    }
  }
}
