package dev.leat.broker.journal;

import dev.leat.broker.journal.index.JournalIndex;
import dev.leat.broker.journal.index.Placed;
import dev.leat.broker.journal.segment.HotSegment;
import dev.leat.broker.journal.store.SegmentStore;
import dev.leat.broker.log.Entry;
import dev.leat.broker.log.JournalListener;
import java.util.ArrayList;
import java.util.List;

/**
 * The thread that writes. Takes everything that waits, writes it in one transaction, commits.
 *
 * <p>A commit costs one fdatasync, which makes its data durable, and by its meta page the commit
 * before it. So what was committed is acknowledged after the next commit, or, when nothing follows,
 * after a sync.
 */
final class JournalLoop implements Runnable {
  /** Nothing is committed that is not durable. */
  private static final long NONE = Long.MIN_VALUE;

  private final AppendQueue queue;
  private final JournalIndex index;
  private final SegmentStore store;
  private final SpaceGauge gauge;
  private final JournalListener listener;
  private final List<Append> batch = new ArrayList<>();
  private final List<Placed> placed = new ArrayList<>();
  private HotSegment hot;
  private volatile boolean failed;

  /** Highest ticket that is committed but not yet durable. */
  private long committed = NONE;

  JournalLoop(
      AppendQueue queue,
      JournalIndex index,
      SegmentStore store,
      SpaceGauge gauge,
      JournalListener listener) {
    this.queue = queue;
    this.gauge = gauge;
    this.index = index;
    this.store = store;
    this.listener = listener;
    this.hot = store.hot();
  }

  /** Whether the loop ended before its time. */
  boolean failed() {
    return failed;
  }

  @Override
  public void run() {
    try {
      while (queue.take(batch, committed == NONE)) {
        if (batch.isEmpty()) {
          sync();
        } else {
          write();
          queue.written(batch);
          batch.clear();
        }
      }
      sync();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      fail(e);
    } catch (RuntimeException e) {
      fail(e);
    } catch (Error e) {
      fail(new IllegalStateException(e));
      throw e;
    }
  }

  /** Nothing is tried again: after a failed sync nobody knows what is on the disk. */
  private void fail(Exception cause) {
    failed = true;
    queue.close();
    listener.onFailure(cause);
  }

  private void write() {
    long bytes = 0;
    for (int i = 0; i < batch.size(); i++) {
      Append append = batch.get(i);
      if (!fits(append)) {
        commit();
        committed = i == 0 ? committed : batch.get(i - 1).ticket();
        sync();
        roll(append);
      }
      bytes += append.sizeBytes();
      List<Entry> entries = append.entries();
      for (int k = 0; k < entries.size(); k++) {
        placed.add(hot.append(entries.get(k)));
      }
    }
    commit();
    gauge.appended(bytes);
    if (committed != NONE) {
      listener.onDurable(committed);
    }
    committed = batch.getLast().ticket();
  }

  /** Goes on in another segment, or, when there is none, in the reserve of this one. */
  private void roll(Append append) {
    HotSegment next = store.roll(hot, hasBatches(append), listener);
    if (next == null && !fitsReserve(append)) {
      next = store.roll(hot, false, listener);
      if (next == null) {
        throw store.full();
      }
    }
    hot = next == null ? hot : next;
    gauge.elsewhere(store.roomElsewhere());
  }

  private boolean fitsReserve(Append append) {
    return hot.room().fitsReserve(append.entries(), hot.index().partitions());
  }

  private static boolean hasBatches(Append append) {
    for (Entry entry : append.entries()) {
      if (entry.header().kind().holdsBatches()) {
        return true;
      }
    }
    return false;
  }

  private boolean fits(Append append) {
    return hot.room().fits(append.entries(), hot.index().partitions());
  }

  /** Commits what is written, then shows it to readers. */
  private void commit() {
    if (placed.isEmpty()) {
      return;
    }
    hot.commit();
    for (int i = 0; i < placed.size(); i++) {
      index.add(hot.index(), placed.get(i));
    }
    placed.clear();
    gauge.hot(hot.freeBytes(), hot.room().filled());
  }

  private void sync() {
    if (committed != NONE) {
      hot.sync();
      listener.onDurable(committed);
      committed = NONE;
    }
  }
}
