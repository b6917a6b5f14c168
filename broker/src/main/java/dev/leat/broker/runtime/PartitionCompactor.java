package dev.leat.broker.runtime;

import dev.leat.api.batch.CorruptBatchException;
import dev.leat.broker.log.BatchFilter;
import dev.leat.broker.log.CorruptEntryException;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Journal;
import dev.leat.broker.log.MovedRange;
import dev.leat.broker.log.compact.CompactionFilter;
import dev.leat.broker.log.compact.CompactionPlan;
import dev.leat.broker.log.compact.CompactionPlan.Work;
import dev.leat.broker.log.compact.KeyCollector;
import dev.leat.broker.log.compact.KeyMap;
import dev.leat.broker.log.compact.Transactions;
import dev.leat.broker.runtime.thread.Clock;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out a {@link CompactionPlan}. Belongs to the cleaner's thread. */
final class PartitionCompactor {
  private static final Logger LOG = LoggerFactory.getLogger(PartitionCompactor.class);

  /**
   * Most memory for the keys of one pass: 500,000 keys. More keys take more passes. Less on a small
   * heap.
   */
  private static final int MAX_KEY_BYTES = 16 << 20;

  private static final int HEAP_DIVISOR = 16;
  private static final int READ_BYTES = 256 << 10;

  private final Journal journal;
  private final KeepRules rules;
  private final Clock clock;
  private final BrokerMetrics metrics;
  private final Runnable stopCheck;
  private final int keyBytes =
      (int) Math.min(MAX_KEY_BYTES, Runtime.getRuntime().maxMemory() / HEAP_DIVISOR);

  /** Partitions in which damage was met: not tried again before the next start. */
  private final Set<PartitionId> damaged = new HashSet<>();

  private record PartitionId(GroupId group, int number) {}

  PartitionCompactor(
      Journal journal, KeepRules rules, Clock clock, BrokerMetrics metrics, Runnable stopCheck) {
    this.journal = journal;
    this.rules = rules;
    this.clock = clock;
    this.metrics = metrics;
    this.stopCheck = stopCheck;
  }

  /** How a partition is compacted, if it is and can be. */
  Optional<CompactionPlan.Rules> rules(GroupId group, int number) {
    return damaged.contains(new PartitionId(group, number))
        ? Optional.empty()
        : rules.compaction(group, number);
  }

  /** Compacts as many partitions as one segment takes; returns whether any was. */
  boolean run(CompactionPlan plan) {
    List<Work> chosen = choose(plan.partitions());
    boolean any = false;
    Journal.Move move = journal.move();
    try {
      for (Work work : chosen) {
        Pass pass = new Pass(work);
        try {
          for (MovedRange range : pass.ranges()) {
            if (!move.copy(range, pass.filter())) {
              any |= finish(move);
              move = journal.move();
              if (!move.copy(range, pass.filter())) {
                LOG.warn("{} waits to be compacted: the disk has no room for a copy", pass.name());
                return any;
              }
            }
          }
          pass.done();
        } catch (CorruptEntryException | CorruptBatchException e) {
          damaged.add(new PartitionId(work.group(), work.partition()));
          LOG.error("{} cannot be compacted: {}", pass.name(), e.getMessage());
          return true;
        }
      }
      any |= finish(move);
    } finally {
      move.close();
    }
    return any;
  }

  /** Whether anything was moved. */
  private boolean finish(Journal.Move move) {
    Journal.Moved moved = move.finish();
    move.close();
    metrics.compacted(moved);
    return moved.entries() > 0;
  }

  /** The dirtiest partitions, as many as fit into one segment, in order of group and number. */
  private List<Work> choose(List<Work> dirtiestFirst) {
    List<Work> chosen = new ArrayList<>();
    long bytes = 0;
    for (Work work : dirtiestFirst) {
      bytes += work.totalBytes();
      if (chosen.isEmpty() || bytes <= journal.segmentBytes()) {
        chosen.add(work);
      }
    }
    chosen.sort(Comparator.comparing(Work::group).thenComparingInt(Work::partition));
    return chosen;
  }

  /** One pass over one partition. */
  private final class Pass {
    private final Work work;
    private final CompactionFilter filter;
    private final List<MovedRange> ranges;

    Pass(Work work) {
      this.work = work;
      Transactions transactions = rules.transactions(work.group(), work.partition());
      KeyMap keys = new KeyMap(work.dirtyRecords(), keyBytes);
      KeyCollector collector =
          new KeyCollector(keys, transactions, Math.max(work.startOffset(), work.dirtyFrom()));
      collect(collector);
      ranges = work.ranges(collector.end(), journal.segmentBytes());
      filter =
          new CompactionFilter(
              keys,
              transactions,
              new CompactionFilter.Limits(
                  collector.end(), work.lastOffset(), work.rules().deleteRetentionMs()),
              clock.wallMs());
    }

    private void collect(KeyCollector collector) {
      boolean more = true;
      while (more && collector.end() <= work.lastOffset()) {
        try (Journal.Slice slice =
            journal.readBatches(
                work.group(),
                work.partition(),
                collector.end(),
                work.lastOffset() + 1,
                READ_BYTES)) {
          if (slice == null) {
            return;
          }
          for (ByteBuffer batches : slice.batches()) {
            stopCheck.run();
            more = more && collector.add(batches);
          }
        }
      }
    }

    List<MovedRange> ranges() {
      return ranges;
    }

    BatchFilter filter() {
      return batches -> {
        stopCheck.run();
        return filter.keep(batches);
      };
    }

    String name() {
      return "partition " + work.partition() + " of group " + work.group();
    }

    void done() {
      LOG.debug(
          "{} compacted up to offset {}: {} records left out",
          name(),
          work.lastOffset(),
          filter.left());
    }
  }
}
