package dev.leat.broker.journal.verify;

import dev.leat.broker.journal.segment.EntryKey;
import dev.leat.broker.log.EntryKind;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checks the order of one group's entries as they come in order of position: seqs without gaps,
 * epochs that never go down, offsets of each partition without gaps. An entry whose seq is not
 * above the last one cuts the log there.
 */
public final class LogOrder {
  /** How far back a cut can be followed: more than is ever on its way. */
  private static final int TRAIL = 1 << 16;

  private static final long UNKNOWN = -1;

  /** What the last entries did, so that a cut can undo it. */
  private final Deque<Step> trail = new ArrayDeque<>();

  private final Map<Integer, Long> nextOffsets = new HashMap<>();
  private long lastSeq = UNKNOWN;
  private int lastEpoch;
  private boolean mayJump;

  private record Step(long seq, int epochBefore, int partition, @Nullable Long offsetBefore) {}

  /** Entries are missing here: what follows need not fit to what was before. */
  public void gap() {
    mayJump = true;
    lastEpoch = 0;
    nextOffsets.clear();
    trail.clear();
  }

  public int partitions() {
    return nextOffsets.size();
  }

  /** What is wrong with the next entry, or null. */
  public @Nullable String next(EntryKey key) {
    if (key.kind() == EntryKind.BASE) {
      gap();
    }
    if (key.kind() == EntryKind.REPLICA) {
      gap();
      lastSeq = UNKNOWN;
    }
    if (!key.kind().inLog()) {
      // What came with a snapshot lies below its base, in any order.
      return null;
    }
    long seq = key.seq();
    if (lastSeq != UNKNOWN && seq <= lastSeq) {
      cut(seq);
    }
    String wrong = null;
    if (lastSeq != UNKNOWN && !mayJump && seq != lastSeq + 1) {
      wrong = "seq " + seq + " of group " + key.group() + " follows " + lastSeq;
    } else if (key.epoch() < lastEpoch) {
      wrong = "epoch " + key.epoch() + " of group " + key.group() + " follows " + lastEpoch;
    } else if (key.kind() == EntryKind.BATCHES) {
      wrong = offsetDamage(key);
    }
    advance(key);
    return wrong;
  }

  private @Nullable String offsetDamage(EntryKey key) {
    Long due = nextOffsets.get(key.partition());
    return due == null || due == key.baseOffset()
        ? null
        : "base offset "
            + key.baseOffset()
            + " of partition "
            + key.partition()
            + " in group "
            + key.group()
            + " where "
            + due
            + " is due";
  }

  private void advance(EntryKey key) {
    boolean batches = key.kind() == EntryKind.BATCHES;
    Long before = batches ? nextOffsets.put(key.partition(), key.lastOffset() + 1) : null;
    trail.addLast(new Step(key.seq(), lastEpoch, batches ? key.partition() : -1, before));
    if (trail.size() > TRAIL) {
      trail.removeFirst();
    }
    lastSeq = key.seq();
    lastEpoch = key.epoch();
    mayJump = false;
  }

  private void cut(long seq) {
    while (!trail.isEmpty() && trail.peekLast().seq() >= seq) {
      Step undone = trail.removeLast();
      lastEpoch = undone.epochBefore();
      if (undone.offsetBefore() != null) {
        nextOffsets.put(undone.partition(), undone.offsetBefore());
      } else if (undone.partition() >= 0) {
        nextOffsets.remove(undone.partition());
      }
    }
    if (trail.isEmpty()) {
      nextOffsets.clear();
    }
    lastSeq = seq - 1;
  }
}
