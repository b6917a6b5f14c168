package dev.leat.broker.journal;

import dev.leat.broker.journal.segment.Segment;
import dev.leat.broker.journal.store.CheckpointFile;
import dev.leat.broker.journal.store.SegmentFiles;
import dev.leat.broker.journal.store.SegmentStore;
import dev.leat.broker.log.Checkpoint;
import dev.leat.broker.log.JournalListener;
import dev.leat.broker.log.JournalSpace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that keeps house: seals full segments, recycles released ones, prepares spares, unmaps
 * what nobody reads, watches the room on the disk. Nothing that an append waits for.
 */
final class KeeperLoop implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(KeeperLoop.class);

  private static final long TICK_MS = 1_000;

  /** While records are refused, room is looked for more often. */
  private static final long FULL_TICK_MS = 100;

  /** A segment that nobody has read for one to two of these times is unmapped, s. */
  private static final int UNMAP_SECONDS = 10;

  /** While appends wait, a piece of a spare is written this often at most. */
  private static final long PACE_MS = 2;

  private final SegmentStore store;
  private final CheckpointFile checkpoints;
  private final SpaceGauge gauge;
  private final LongSupplier nanoTime;
  private final Busyness busyness;
  private final LinkedBlockingQueue<Task> tasks = new LinkedBlockingQueue<>();

  /** Released segments that may still have readers. */
  private final List<Segment> released = new ArrayList<>();

  private final PeakRate rate;
  private @Nullable JournalListener listener;
  private volatile boolean closed;
  private long lastTick;
  private long lastUnmap;

  /** Something to do; its failure stops the journal. */
  private interface Task {
    void run() throws IOException;
  }

  KeeperLoop(
      SegmentStore store,
      CheckpointFile checkpoints,
      SpaceGauge gauge,
      AppendQueue queue,
      LongSupplier nanoTime) {
    this.store = store;
    this.checkpoints = checkpoints;
    this.gauge = gauge;
    this.nanoTime = nanoTime;
    this.busyness = new Busyness(gauge, queue, nanoTime);
    this.lastTick = nanoTime.getAsLong();
    this.lastUnmap = lastTick;
    this.rate = new PeakRate(lastTick);
  }

  /** Whom to tell; before the thread starts. */
  void listen(JournalListener wanted) {
    listener = wanted;
  }

  void seal(long segment, Checkpoint checkpoint) {
    tasks.add(
        () -> {
          checkpoints.write(segment, checkpoint);
          store.seal(segment);
        });
  }

  void release(long segment) {
    tasks.add(() -> released.add(store.release(segment)));
  }

  /** A segment was released before the last stop. */
  void releasedBefore(Segment segment) {
    released.add(segment);
  }

  /** Ends the thread when what was asked for is done. */
  void close() {
    tasks.add(() -> closed = true);
  }

  @Override
  public void run() {
    try {
      while (!closed) {
        runTask(gauge.isFull() ? FULL_TICK_MS : TICK_MS);
        recycle();
        reportSpace();
        tick();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      fail(e);
    } catch (IOException | RuntimeException e) {
      fail(e);
    } catch (Error e) {
      fail(new IllegalStateException(e));
      throw e;
    }
  }

  private void fail(Exception cause) {
    if (listener != null) {
      listener.onFailure(cause);
    }
  }

  private boolean runTask(long waitMs) throws IOException, InterruptedException {
    Task task = tasks.poll(waitMs, TimeUnit.MILLISECONDS);
    if (task != null) {
      task.run();
    }
    return task != null;
  }

  private void tick() {
    long now = nanoTime.getAsLong();
    if (now - lastTick >= TimeUnit.MILLISECONDS.toNanos(TICK_MS)) {
      lastTick = now;
      rate.sample(now, gauge.appended());
      prepareSpares();
    }
    if (now - lastUnmap >= TimeUnit.SECONDS.toNanos(UNMAP_SECONDS)) {
      lastUnmap = now;
      store.segments().forEach(Segment::unmapIfIdle);
    }
  }

  private void reportSpace() {
    gauge.elsewhere(store.roomElsewhere());
    JournalSpace changed = gauge.look();
    if (changed != null && listener != null) {
      listener.onSpace(changed);
    }
  }

  private void recycle() {
    released.removeIf(
        segment -> {
          boolean free = segment.readers() == 0;
          if (free) {
            store.recycle(segment.file(), store.lacksSpares(rate.bytesPerSecond()));
          }
          return free;
        });
  }

  private void prepareSpares() {
    try {
      while (!closed && store.lacksSpares(rate.bytesPerSecond()) && store.hasRoomForSpare()) {
        store.makeSpare(this::nextPiece);
      }
    } catch (JournalException e) {
      LOG.warn("no spare segment: {}", e.getMessage());
    }
  }

  /**
   * Lets a spare grow freely while nothing is appended. Else only if there is no other, and as fast
   * as the hot segment fills: it must be ready when that is full, and is not needed before. Where
   * little is appended, latency counts: then in small pieces.
   */
  private int nextPiece(double written) {
    try {
      boolean more = runTask(0);
      while (!closed
          && (more
              || busyness.isWriting()
                  && (store.spares().count() > 0 || written > gauge.filled()))) {
        more = runTask(PACE_MS);
        recycle();
        reportSpace();
      }
      if (closed) {
        return 0;
      }
      return busyness.isBusy() ? SegmentFiles.Pace.LARGE_BYTES : SegmentFiles.Pace.SMALL_BYTES;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
