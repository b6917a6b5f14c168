package dev.leat.broker.sim;

import dev.leat.broker.log.Entry;
import dev.leat.broker.log.EntryKind;
import dev.leat.broker.log.Promise;
import dev.leat.broker.log.Withdrawal;
import dev.leat.broker.log.disk.DiskIdentity;
import dev.leat.broker.log.disk.PeerTable;
import dev.leat.broker.log.group.EntryBodies;
import dev.leat.broker.log.group.GroupCheckpoint;
import dev.leat.broker.log.group.GroupState;
import dev.leat.broker.log.group.PartitionState;
import dev.leat.broker.replication.GroupMachine;
import dev.leat.broker.replication.GroupRecovery;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A disk with the journal of one group. Writes become durable in order; a crash keeps any prefix of
 * those that are not. Entries are in segments; a sealed segment is replaced by a checkpoint at
 * recovery.
 */
final class SimDisk {
  static final int SEGMENT_ENTRIES = 40;

  private final List<Entry> entries = new ArrayList<>();
  private int durable;
  private int sealedTo;
  private long sealedSeq;
  private long released;
  private ByteBuffer checkpoint;
  private LogView written = new LogView();
  private LogView onDisk = new LogView();
  private final Set<Entry> damaged = Collections.newSetFromMap(new IdentityHashMap<>());
  private UUID diskId;
  private long starts;
  private List<DiskIdentity.Start> past = List.of();
  private PeerTable peers = PeerTable.EMPTY;
  private Withdrawal doubt;

  /** A disk that nobody asks for its name. */
  SimDisk() {
    this(new UUID(0, 0));
  }

  SimDisk(UUID diskId) {
    this.diskId = diskId;
  }

  UUID diskId() {
    return diskId;
  }

  long starts() {
    return starts;
  }

  /** A process opens it. */
  void start(long nonce) {
    starts++;
    past = DiskIdentity.remember(past, new DiskIdentity.Start(starts, nonce));
  }

  List<DiskIdentity.Start> past() {
    return past.subList(0, past.size() - 1);
  }

  PeerTable peers() {
    return peers;
  }

  void keep(PeerTable table) {
    peers = table;
  }

  Withdrawal doubt() {
    return doubt;
  }

  void doubt(Withdrawal reason) {
    doubt = reason;
  }

  /** All groups have withdrawn: to peers it is a new disk. */
  void settle(UUID fresh) {
    diskId = fresh;
    past = past.subList(past.size() - 1, past.size());
    doubt = null;
  }

  /** A snapshot of the volume: what is on disk now. */
  SimDisk copy() {
    SimDisk copy = new SimDisk(diskId);
    copy.entries.addAll(entries.subList(0, durable));
    copy.durable = durable;
    copy.sealedTo = sealedTo;
    copy.sealedSeq = sealedSeq;
    copy.released = released;
    copy.checkpoint = checkpoint;
    copy.onDisk = onDisk.copy();
    copy.written = onDisk.copy();
    copy.damaged.addAll(damaged);
    copy.starts = starts;
    copy.past = past;
    copy.peers = peers;
    copy.doubt = doubt;
    return copy;
  }

  /** What the log was before its last base, which began another history. */
  LogView parentLog(long history) {
    LogView log = new LogView();
    for (Entry entry : entries) {
      boolean fork =
          entry.header().kind() == EntryKind.BASE
              && GroupCheckpoint.decode(EntryBodies.join(entry.body()))
                  .state()
                  .identity()
                  .comesFrom(history);
      if (fork) {
        return log;
      }
      log.add(entry);
    }
    throw new SimFailure("UNCLEAN", "no base comes from history %d", history);
  }

  /** Bits flip in an entry that is on disk; null if there is none to damage. */
  Entry damage(SimClock clock) {
    if (durable == 0) {
      return null;
    }
    Entry hit = entries.get(clock.pick(durable));
    damaged.add(hit);
    return hit;
  }

  boolean isDamaged(Entry entry) {
    return damaged.contains(entry);
  }

  /** Whether a recovery finds the damage, and not only a reader. */
  boolean isLost(Entry entry) {
    return isDamaged(entry) && GroupRecovery.needsBody(entry.header().kind());
  }

  /** Queues entries for the next sync. */
  void append(List<Entry> added) {
    for (Entry entry : added) {
      entries.add(entry);
      written.add(entry);
    }
  }

  int size() {
    return entries.size();
  }

  /** A sync that had begun when so many entries were written has ended. */
  void synced(int count) {
    for (; durable < count; durable++) {
      onDisk.add(entries.get(durable));
    }
  }

  boolean isSynced() {
    return durable == entries.size();
  }

  /** Power off: of what was not synced, only the first {@code kept} entries are there. */
  void crash(int kept) {
    int end = durable + kept;
    while (entries.size() > end) {
      entries.removeLast();
    }
    synced(end);
    written = onDisk.copy();
  }

  int unsynced() {
    return entries.size() - durable;
  }

  /** Seals full segments whose entries are all applied; their checkpoint is durable at once. */
  boolean seal(long appliedSeq, ByteBuffer newest) {
    int end = sealedTo + SEGMENT_ENTRIES;
    if (end > durable) {
      return false;
    }
    for (int i = sealedTo; i < end; i++) {
      if (entries.get(i).header().seq() > appliedSeq) {
        return false;
      }
    }
    sealedTo = end;
    sealedSeq = Math.max(sealedSeq, Math.min(appliedSeq, onDisk.lastSeq()));
    checkpoint = newest;
    return true;
  }

  /** What recovery reads: all entries of unsealed segments, batches without body. */
  void recover(GroupRecovery recovery) {
    if (checkpoint != null) {
      recovery.checkpoint(checkpoint);
    }
    for (Entry entry : entries.subList(sealedTo, entries.size())) {
      boolean batches = !GroupRecovery.needsBody(entry.header().kind());
      if (isLost(entry)) {
        recovery.lost(entry.header(), "bits flipped");
      } else {
        recovery.entry(batches ? new Entry(entry.header(), List.of()) : entry);
      }
    }
  }

  /** What a recovery says was promised; it may have it from the checkpoint. */
  void recovered(Promise promise) {
    written.promise = promise;
    onDisk.promise = promise;
  }

  /** The log that has been written, synced or not. */
  LogView written() {
    return written;
  }

  /** The log as it would be after a crash now. */
  LogView onDisk() {
    return onDisk;
  }

  /** Segments that hold nothing alive are recycled: their entries cannot be read any more. */
  void release(GroupMachine machine) {
    long seq = released;
    while (seq < sealedSeq) {
      Entry entry = onDisk.get(seq + 1);
      if (entry != null && isAlive(entry, machine)) {
        break;
      }
      seq++;
    }
    released = seq;
  }

  private static boolean isAlive(Entry entry, GroupMachine machine) {
    return entry.header().kind() == EntryKind.BATCHES
        && machine
            .view(entry.header().partition())
            .map(view -> entry.header().lastOffset() >= view.startOffset())
            .orElse(false);
  }

  /** The entry, null if it is not stored (any more). */
  Entry read(long seq) {
    return seq <= released ? null : written.get(seq);
  }

  /** What a sequence of writes amounts to. */
  static final class LogView {
    private final List<Entry> log = new ArrayList<>();
    private final Map<Integer, TreeMap<Long, Entry>> batches = new HashMap<>();
    private Promise promise = Promise.NONE;
    private long base;
    private int baseEpoch;

    void add(Entry entry) {
      switch (entry.header().kind()) {
        case PROMISE -> promise = EntryBodies.promise(EntryBodies.join(entry.body()));
        case REPLICA -> reset();
        case BASE -> install(GroupCheckpoint.decode(EntryBodies.join(entry.body())));
        case MOVED -> put(entry);
        default -> addToLog(entry);
      }
    }

    private void addToLog(Entry entry) {
      int at = (int) (entry.header().seq() - base - 1);
      while (log.size() > at) {
        Entry gone = log.removeLast();
        if (gone.header().kind() == EntryKind.BATCHES) {
          of(gone.header().partition()).remove(gone.header().baseOffset());
        }
      }
      SimFailure.check(log.size() == at, "JOURNAL", "entry %s leaves a gap", entry.header());
      log.add(entry);
      if (entry.header().kind() == EntryKind.BATCHES) {
        put(entry);
      }
    }

    /** As in the journal: what is written last counts, and nothing that began behind it. */
    private void put(Entry entry) {
      TreeMap<Long, Entry> stored = of(entry.header().partition());
      stored.tailMap(entry.header().baseOffset()).clear();
      stored.put(entry.header().baseOffset(), entry);
    }

    private void install(GroupCheckpoint checkpoint) {
      log.clear();
      GroupState state = checkpoint.state();
      base = state.seq();
      baseEpoch = state.epochs().lastEpoch();
      promise = checkpoint.promise();
      for (PartitionState partition : state.partitions()) {
        of(partition.info().number()).tailMap(partition.endOffset()).clear();
      }
    }

    private TreeMap<Long, Entry> of(int partition) {
      return batches.computeIfAbsent(partition, p -> new TreeMap<>());
    }

    private void reset() {
      log.clear();
      batches.clear();
      promise = Promise.NONE;
      base = 0;
      baseEpoch = 0;
    }

    /** Whole batches from {@code offset} on, below {@code end}: at most so many entries of them. */
    List<Entry> readBatches(int partition, long offset, long end, int maxEntries) {
      TreeMap<Long, Entry> stored = of(partition);
      Long from = stored.floorKey(offset);
      List<Entry> found = new ArrayList<>();
      for (Entry entry : stored.tailMap(from == null ? offset : from).values()) {
        boolean wanted = entry.header().lastOffset() >= offset && entry.header().baseOffset() < end;
        boolean follows =
            found.isEmpty()
                || entry.header().baseOffset() == found.getLast().header().lastOffset() + 1;
        if (wanted && follows && found.size() < maxEntries) {
          found.add(entry);
        }
      }
      return found;
    }

    Promise promise() {
      return promise;
    }

    long base() {
      return base;
    }

    long lastSeq() {
      return base + log.size();
    }

    /** The entry, null if there is none above the base. */
    Entry get(long seq) {
      int at = (int) (seq - base - 1);
      return at >= 0 && at < log.size() ? log.get(at) : null;
    }

    int epochAt(long seq) {
      if (seq == 0) {
        return 0;
      }
      if (seq == base) {
        return baseEpoch;
      }
      Entry entry = get(seq);
      return entry == null ? -1 : entry.header().epoch();
    }

    LogView copy() {
      LogView copy = new LogView();
      copy.log.addAll(log);
      batches.forEach((partition, stored) -> copy.of(partition).putAll(stored));
      copy.promise = promise;
      copy.base = base;
      copy.baseEpoch = baseEpoch;
      return copy;
    }
  }
}
