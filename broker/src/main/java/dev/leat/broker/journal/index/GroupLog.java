package dev.leat.broker.journal.index;

import dev.leat.broker.log.EntryHeader;
import dev.leat.broker.log.Invariant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the entries of one group's log lie. Written by the journal's threads, read by all: every
 * method takes the lock.
 */
final class GroupLog {
  /** No entry has been seen: the next one may have any seq. */
  private static final long NONE = -1;

  private final SealedParts sealed = new SealedParts();
  private final Deque<GroupRun> unsealed = new ArrayDeque<>(1);
  private long lastSeq = NONE;
  private boolean mayJump;

  /** Which of all restarts was the last one of this group. */
  private long restart;

  private @Nullable UnsealedSegment hotSegment;
  private UnsealedSegment.@Nullable LastSeq hotLast;

  /** A base or damage precedes: the next seq need not follow the last one. */
  synchronized void allowJump() {
    mayJump = true;
  }

  /**
   * Position of the entry that an entry of this seq replaces: everything of the group from there on
   * must be cut. -1 if it replaces none.
   */
  synchronized long replaced(long seq) {
    if (lastSeq == NONE || seq > lastSeq) {
      return NONE;
    }
    for (GroupRun run : unsealed) {
      if (run.lastSeq() >= seq) {
        return run.positionOf(Math.max(seq, run.firstSeq()));
      }
    }
    if (mayJump) {
      return NONE;
    }
    throw new Invariant.Violation(
        "entry with seq " + seq + " would cut what is sealed: the last seq is " + lastSeq);
  }

  /** A new replica: nothing that is here counts any more, sealed or not. */
  synchronized void restart(long number) {
    sealed.clear();
    unsealed.clear();
    lastSeq = NONE;
    mayJump = false;
    hotSegment = null;
    hotLast = null;
    restart = number;
  }

  synchronized long restart() {
    return restart;
  }

  /** Takes away all unsealed entries from {@code seq} on. */
  synchronized void cut(long seq) {
    for (Iterator<GroupRun> runs = unsealed.iterator(); runs.hasNext(); ) {
      GroupRun run = runs.next();
      run.cut(seq);
      if (run.count() == 0) {
        runs.remove();
      }
    }
    lastSeq = seq - 1;
  }

  /** Adds an entry, which lies in the hot segment. */
  synchronized void add(UnsealedSegment hot, EntryHeader header, long position) {
    long seq = header.seq();
    boolean follows = seq == lastSeq + 1;
    Invariant.check(follows || lastSeq == NONE || mayJump, "seq %d after %d", seq, lastSeq);
    GroupRun run = unsealed.peekLast();
    if (run == null || run.segment() != hot.id() || !follows) {
      run = new GroupRun(hot.id(), hot.firstPosition(), seq);
      unsealed.addLast(run);
    }
    run.add(position, header.epoch());
    if (hotSegment != hot || hotLast == null) {
      hotSegment = hot;
      hotLast = hot.add(header.group().value());
    }
    hotLast.set(seq);
    lastSeq = seq;
    mayJump = false;
  }

  /** Copies of the runs in a segment are not made: it takes no more entries, and none is cut. */
  synchronized List<GroupRun> runs(long segment) {
    return unsealed.stream().filter(run -> run.segment() == segment).toList();
  }

  /** The runs of this segment are sealed from now on. */
  synchronized void seal(long segment) {
    long last = NONE;
    for (GroupRun run = unsealed.peekFirst();
        run != null && run.segment() == segment;
        run = unsealed.peekFirst()) {
      last = Math.max(last, run.lastSeq());
      unsealed.removeFirst();
    }
    if (last != NONE) {
      sealed.add(segment, last, 0);
    }
  }

  /** A sealed segment found when the journal was opened. */
  synchronized void addSealed(long segment, long last) {
    sealed.add(segment, last, 0);
    lastSeq = last;
    // What is cut away, since a new replica begins further on, is in no index of a sealed segment.
    mayJump = true;
  }

  /** A sealed segment is given up. */
  synchronized void release(long segment) {
    sealed.remove(segment);
  }

  /**
   * Finds the entry with this seq and those after it.
   *
   * @return false if it is not stored
   */
  synchronized boolean find(long seq, Positions into) {
    int index = sealed.indexOf(seq);
    if (index < sealed.count()) {
      into.in(sealed.segment(index), true);
      return true;
    }
    for (GroupRun run : unsealed) {
      if (run.holds(seq)) {
        into.in(run.segment(), false);
        for (long s = seq; s <= run.lastSeq() && !into.isFull(); s++) {
          into.add(run.positionOf(s));
        }
        return true;
      }
    }
    return false;
  }
}
