package dev.leat.broker.replication;

import dev.leat.broker.log.CorruptEntryException;
import dev.leat.broker.log.Entry;
import dev.leat.broker.log.EntryHeader;
import dev.leat.broker.log.EntryKind;
import dev.leat.broker.log.JournalSpace;
import dev.leat.broker.log.Promise;
import dev.leat.broker.log.Replica;
import dev.leat.broker.log.group.GroupCheckpoint;
import dev.leat.broker.log.group.GroupState;
import dev.leat.broker.log.group.PartitionState;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * RETAIN: taking a snapshot. Parts go to disk outside the log; with its base, in one transaction,
 * it becomes the log. Until then this replica has what it had.
 */
final class SnapshotIntake {
  // Fields of a batch (magic 2).
  private static final int BASE_OFFSET_AT = 0;
  private static final int LAST_OFFSET_DELTA_AT = 23;
  private static final int MAX_TIMESTAMP_AT = 35;

  private final GroupCore core;
  private @Nullable Pending pending;

  private record Pending(long write, GroupCheckpoint base, Replica from) {}

  /** The newest snapshot that was begun, and how far each partition has come. */
  private int epoch;

  private long baseSeq;
  private final Map<Integer, Long> taken = new HashMap<>();

  SnapshotIntake(GroupCore core) {
    this.core = core;
  }

  void onPart(Replica from, PeerMessage.SnapshotPart part) {
    if (isLate(part.epoch(), part.baseSeq())) {
      return;
    }
    long next = part.nextOffset();
    PartitionState own = core.log.state().partition(part.partition());
    long known =
        Math.max(own == null ? 0 : own.endOffset(), taken.getOrDefault(part.partition(), 0L));
    if (known >= next) {
      // It is here, committed or from this snapshot: go on after it.
      next = known;
    } else if (!part.batches().isEmpty()) {
      if (core.space() instanceof JournalSpace.Full) {
        // As if the message had been lost: the leader sends it again.
        return;
      }
      core.log.write(moved(part));
      taken.put(part.partition(), next);
    }
    core.emitWhenDurable(
        new Effect.Send(
            from,
            new PeerMessage.SnapshotTaken(part.epoch(), part.baseSeq(), part.partition(), next)));
  }

  /**
   * Whether a message belongs to an earlier snapshot than the newest that was begun. What is
   * written last counts, so an old part would take away what came after it.
   */
  private boolean isLate(int messageEpoch, long messageBase) {
    boolean late = messageEpoch < epoch || (messageEpoch == epoch && messageBase < baseSeq);
    if (!late && (messageEpoch != epoch || messageBase != baseSeq)) {
      epoch = messageEpoch;
      baseSeq = messageBase;
      taken.clear();
    }
    return late;
  }

  private Entry moved(PeerMessage.SnapshotPart part) {
    ByteBuffer first = part.batches().getFirst();
    ByteBuffer last = part.batches().getLast();
    long baseOffset = first.getLong(first.position() + BASE_OFFSET_AT);
    long lastOffset =
        last.getLong(last.position() + BASE_OFFSET_AT)
            + last.getInt(last.position() + LAST_OFFSET_DELTA_AT);
    long maxTimestamp = -1;
    for (ByteBuffer batch : part.batches()) {
      maxTimestamp = Math.max(maxTimestamp, batch.getLong(batch.position() + MAX_TIMESTAMP_AT));
    }
    EntryHeader header =
        new EntryHeader(
            core.log.group(),
            0,
            part.epoch(),
            EntryKind.MOVED,
            part.partition(),
            baseOffset,
            (int) (lastOffset - baseOffset),
            maxTimestamp,
            List.of());
    return new Entry(header, part.batches());
  }

  /** Writes the base, unless the log has its seq already. */
  void onEnd(Replica from, PeerMessage.SnapshotEnd end) {
    if (isLate(end.epoch(), end.baseSeq())) {
      return;
    }
    GroupLog log = core.log;
    GroupState before = log.state();
    Promise promise = new Promise(end.epoch(), from);
    GroupCheckpoint base;
    try {
      base = GroupCheckpoint.adopt(end.base(), before.identity(), promise);
    } catch (CorruptEntryException e) {
      core.halt("the snapshot that " + from + " sends cannot be read: " + e.getMessage());
      return;
    }
    GroupState after = base.state();
    boolean known =
        after.seq() <= before.seq()
            || (before.config() != null && log.has(after.seq(), after.epochs().lastEpoch()));
    if (!known) {
      log.writeAside(EntryKind.BASE, end.epoch(), base.encode());
      pending = new Pending(log.newestWrite(), base, from);
    }
  }

  /**
   * Whether a base is on its way to disk. Until it is there, the log must not change: a crash finds
   * either the old log or the base, and nothing that mixes them.
   */
  boolean isPending() {
    return pending != null;
  }

  /**
   * Puts the base in the place of the log, once it is on disk.
   *
   * @return the leader that sent it, or null if there is nothing to do
   */
  @Nullable Replica complete() {
    Pending ready = pending;
    boolean onDisk = ready != null && ready.write() <= core.log.durableWrite();
    if (ready == null || !(onDisk || core.isDropped(Rule.RETAIN))) {
      return null;
    }
    pending = null;
    taken.clear();
    GroupState before = core.log.state();
    core.log.install(ready.base());
    core.installed(before);
    return ready.from();
  }
}
