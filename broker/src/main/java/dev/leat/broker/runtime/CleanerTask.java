package dev.leat.broker.runtime;

import dev.leat.api.batch.CorruptBatchException;
import dev.leat.broker.log.BatchFilter;
import dev.leat.broker.log.CorruptEntryException;
import dev.leat.broker.log.Journal;
import dev.leat.broker.log.JournalSpace;
import dev.leat.broker.log.MovedRange;
import dev.leat.broker.log.SegmentSummary;
import dev.leat.broker.log.compact.CompactionPlan;
import dev.leat.broker.log.compact.EvacuationPlan;
import dev.leat.broker.runtime.thread.Clock;
import dev.leat.broker.runtime.thread.LoopThreads;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compacts partitions and evacuates mostly dead segments, on a thread of its own. Retention then
 * finds segments in which nothing is alive, and lets them go.
 *
 * <p>Both only copy; what was copied counts when all of it is durable. So it may be stopped at any
 * time, and what it has done so far is forgotten then.
 */
final class CleanerTask implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CleanerTask.class);

  /** A look for work may cost a twentieth of the thread's time. */
  private static final int REST_PER_PLAN = 20;

  private static final int STOP_TIMEOUT_S = 10;

  private final Journal journal;
  private final KeepRules rules;
  private final Clock clock;
  private final BrokerMetrics metrics;
  private final CoreLoop core;
  private final PartitionCompactor compactor;
  private final long intervalMs;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(LoopThreads.named("cleaner"));

  /** Segments whose evacuation met damage: not tried again before the next start. */
  private final Set<Long> damaged = new HashSet<>();

  /** Segments that could not be evacuated, for want of room, when that was tried last. */
  private List<Long> withoutRoom = List.of();

  private volatile boolean stopping;

  // Of the core loop.
  private boolean running;
  private long nextMs;

  /** A task that looks for work every so many milliseconds. */
  CleanerTask(
      Journal journal,
      KeepRules rules,
      CoreLoop core,
      Clock clock,
      BrokerMetrics metrics,
      long intervalMs) {
    this.journal = journal;
    this.rules = rules;
    this.core = core;
    this.clock = clock;
    this.metrics = metrics;
    this.intervalMs = intervalMs;
    this.compactor = new PartitionCompactor(journal, rules, clock, metrics, this::checkStop);
    this.nextMs = clock.monotonicMs() + intervalMs;
  }

  /** Time passes: looks for work when that is due. On the core loop. */
  void onTick() {
    if (!running && !stopping && clock.monotonicMs() >= nextMs) {
      running = true;
      thread.execute(this::run);
    }
  }

  private void run() {
    long start = clock.monotonicMs();
    boolean more = false;
    long plannedMs = 0;
    try {
      List<SegmentSummary> segments = journal.segments();
      CompactionPlan compaction =
          CompactionPlan.of(segments, rules::retention, compactor::rules, clock.wallMs());
      metrics.dirtyBytes(compaction.dirtyBytes());
      EvacuationPlan evacuation = evacuation(segments);
      plannedMs = clock.monotonicMs() - start;
      more = compaction.partitions().isEmpty() ? evacuate(evacuation) : compactor.run(compaction);
    } catch (CancellationException stopped) {
      LOG.debug("stopped", stopped);
    } catch (RuntimeException e) {
      LOG.error("cleaning failed; it is tried again", e);
    }
    long restMs = more ? 0 : Math.max(intervalMs, REST_PER_PLAN * plannedMs);
    core.call(
        () -> {
          running = false;
          nextMs = clock.monotonicMs() + restMs;
        });
  }

  private EvacuationPlan evacuation(List<SegmentSummary> segments) {
    return EvacuationPlan.of(
        segments,
        rules::retention,
        new EvacuationPlan.Limits(
            journal.segmentBytes(), journal.space() instanceof JournalSpace.Full, damaged));
  }

  /** Whether anything was moved. */
  private boolean evacuate(EvacuationPlan plan) {
    if (plan.isEmpty()) {
      return false;
    }
    try (Journal.Move move = journal.move()) {
      BatchFilter everything =
          batches -> {
            checkStop();
            return BatchFilter.EVERYTHING.keep(batches);
          };
      boolean any = false;
      for (MovedRange range : plan.ranges()) {
        if (!move.copy(range, everything)) {
          break;
        }
        any = true;
      }
      if (!any) {
        warnOfNoRoom(plan.segments());
        return false;
      }
      Journal.Moved moved = move.finish();
      metrics.evacuated(plan.segments().size(), moved);
      LOG.info(
          "segments {} were mostly dead: {} bytes of them live on elsewhere",
          plan.segments(),
          moved.writtenBytes());
      return true;
    } catch (CorruptEntryException | CorruptBatchException e) {
      damaged.addAll(plan.segments());
      LOG.error("segments {} cannot be evacuated: {}", plan.segments(), e.getMessage());
      return false;
    }
  }

  /** Once for the same segments: it is tried again all the time. */
  private void warnOfNoRoom(List<Long> segments) {
    if (!segments.equals(withoutRoom)) {
      withoutRoom = List.copyOf(segments);
      LOG.warn("segments {} are mostly dead, but the disk has no room for a copy", segments);
    }
  }

  /** Ends what is going on when the broker stops. */
  private void checkStop() {
    if (stopping) {
      throw new CancellationException("the broker stops");
    }
  }

  /** Stops; what is not finished is forgotten. */
  @Override
  public void close() {
    stopping = true;
    thread.shutdown();
    try {
      if (!thread.awaitTermination(STOP_TIMEOUT_S, TimeUnit.SECONDS)) {
        LOG.warn("the cleaner does not stop within {} s", STOP_TIMEOUT_S);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
