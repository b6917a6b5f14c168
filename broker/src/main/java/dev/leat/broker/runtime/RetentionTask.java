package dev.leat.broker.runtime;

import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Journal;
import dev.leat.broker.log.RetentionPlan;
import dev.leat.broker.log.RetentionPlan.NewStart;
import dev.leat.broker.replication.GroupEvent;
import dev.leat.broker.replication.Outcome;
import dev.leat.broker.runtime.thread.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets go of what retention does not keep: plans on a reader thread, because it looks at every
 * partition of every segment, and carries out on the core loop.
 */
final class RetentionTask {
  private static final Logger LOG = LoggerFactory.getLogger(RetentionTask.class);

  /** A plan may cost a twentieth of a reader's time, however many partitions there are. */
  private static final int REST_PER_PLAN = 20;

  private final Journal journal;
  private final Map<GroupId, GroupRunner> groups;
  private final KeepRules rules;
  private final CoreLoop core;
  private final ExecutorService readers;
  private final Clock clock;
  private final long intervalMs;
  private long nextMs;
  private boolean running;

  /** A task that runs every so many milliseconds. */
  RetentionTask(
      Journal journal,
      Map<GroupId, GroupRunner> groups,
      KeepRules rules,
      BrokerApi api,
      ExecutorService readers,
      long intervalMs) {
    this.journal = journal;
    this.groups = groups;
    this.rules = rules;
    this.core = api.core();
    this.readers = readers;
    this.clock = api.clock();
    this.intervalMs = intervalMs;
    this.nextMs = clock.monotonicMs() + intervalMs;
  }

  /** Time passes: begins a plan when it is due. On the core loop. */
  void onTick() {
    if (!running && clock.monotonicMs() >= nextMs) {
      running = true;
      readers.execute(this::plan);
    }
  }

  private void plan() {
    long start = clock.monotonicMs();
    RetentionPlan plan = RetentionPlan.of(journal.segments(), rules::retention, clock.wallMs());
    long tookMs = clock.monotonicMs() - start;
    core.call(() -> carryOut(plan, tookMs));
  }

  private void carryOut(RetentionPlan plan, long tookMs) {
    plan.starts().stream()
        .collect(Collectors.groupingBy(NewStart::group))
        .forEach(this::moveStarts);
    for (long segment : plan.deadSegments()) {
      LOG.info("segment {} holds nothing that is kept: recycled", segment);
      journal.release(segment);
    }
    running = false;
    nextMs = clock.monotonicMs() + Math.max(intervalMs, REST_PER_PLAN * tookMs);
  }

  private void moveStarts(GroupId id, List<NewStart> starts) {
    GroupRunner group = groups.get(id);
    if (group == null || !group.view().leadership().here()) {
      return;
    }
    List<GroupEvent.StartMove> moves =
        starts.stream()
            .map(start -> new GroupEvent.StartMove(start.partition(), start.startOffset()))
            .toList();
    CoreLoop.OutcomeListener listener = outcome -> report(id, outcome);
    core.step(group, new GroupEvent.MoveStarts(moves, listener));
  }

  private static void report(GroupId group, Outcome outcome) {
    if (outcome instanceof Outcome.Refused refused) {
      LOG.info("retention of group {} waits: {}", group, refused.detail());
    }
  }
}
