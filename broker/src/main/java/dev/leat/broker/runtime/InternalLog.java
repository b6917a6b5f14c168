package dev.leat.broker.runtime;

import dev.leat.broker.log.AppendOrigin;
import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.Journal;
import dev.leat.broker.log.PartitionView;
import dev.leat.broker.replication.AppendPart;
import dev.leat.broker.replication.GroupEvent;
import dev.leat.broker.replication.Outcome;
import dev.leat.broker.runtime.view.GroupView;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Partitions that a coordinator of this broker alone writes, while it leads them: those of internal
 * topics. What a coordinator appends has its offsets as soon as it is staged, so that the
 * coordinator can go on; it is committed when the high watermark has passed it ({@link
 * LivePartition#subscribe}).
 *
 * <p>Memory: a coordinator holds what it has appended and what is not committed yet.
 */
public final class InternalLog {
  private static final Logger LOG = LoggerFactory.getLogger(InternalLog.class);

  private static final int READ_BYTES = 1 << 20;

  private final CoreLoop core;
  private final Map<GroupId, GroupRunner> groups;
  private final Journal journal;

  InternalLog(CoreLoop core, Map<GroupId, GroupRunner> groups, Journal journal) {
    this.core = core;
    this.groups = groups;
    this.journal = journal;
  }

  /**
   * Appends complete batches as the leader of {@code epoch}.
   *
   * <p>Refused if this broker does not lead in that epoch (any more): whoever was elected for one
   * epoch must not write into another.
   *
   * @param batches given away: nobody may change the bytes any more
   * @param origin a coordinator, for its own state; or a marker that ends a transaction in it
   * @return the offset after the last record, as soon as it is known; not committed yet
   */
  public CompletionStage<Answer<Long>> append(
      LivePartition partition, int epoch, ByteBuffer batches, AppendOrigin origin) {
    Append append = new Append(partition, epoch, batches, origin);
    core.call(append);
    return append.staged;
  }

  /**
   * The offset after the last record, committed or not; empty handed if this broker does not lead.
   */
  public CompletionStage<Answer<Long>> endOffset(LivePartition partition) {
    CompletableFuture<Answer<Long>> answer = new CompletableFuture<>();
    core.call(
        () -> {
          GroupRunner group = groups.get(partition.group().id());
          answer.complete(
              group == null || !partition.group().leadership().here()
                  ? new Answer.Refused<>(RequestError.notLeader(partition))
                  : new Answer.Ok<>(end(group, partition)));
        });
    return answer;
  }

  /** Gives up all records below {@code offset}; completes when that is committed. */
  public CompletionStage<Answer<Long>> deleteBefore(LivePartition partition, long offset) {
    CompletableFuture<Answer<Long>> answer = new CompletableFuture<>();
    core.call(
        () -> {
          GroupRunner group = groups.get(partition.group().id());
          if (group == null) {
            answer.complete(new Answer.Refused<>(RequestError.notLeader(partition)));
            return;
          }
          CoreLoop.OutcomeListener listener =
              outcome ->
                  answer.complete(
                      outcome instanceof Outcome.Refused refused
                          ? refused(partition, refused)
                          : new Answer.Ok<>(offset));
          List<GroupEvent.StartMove> moves =
              List.of(new GroupEvent.StartMove(partition.number(), offset));
          core.step(group, new GroupEvent.MoveStarts(moves, listener));
        });
    return answer;
  }

  /**
   * Reads the committed batches in [from, end), a bounded piece at a time. May wait for the disk.
   * What is given up while it reads is left out; what comes behind it is not.
   *
   * @param reader takes one or more complete batches; the first piece may begin below {@code from};
   *     valid during the call only
   * @throws dev.leat.broker.log.CorruptEntryException if something of it is damaged
   */
  public void read(LivePartition partition, long from, long end, Consumer<ByteBuffer> reader) {
    GroupId group = partition.group().id();
    for (long next = Math.max(from, partition.logStart()); next < end; ) {
      try (Journal.Slice slice =
          journal.readBatches(group, partition.number(), next, end, READ_BYTES)) {
        if (slice != null) {
          slice.batches().forEach(reader);
          next = slice.nextOffset();
        } else if (partition.logStart() > next) {
          // Released between two pieces: the start moves before anything is released.
          next = partition.logStart();
        } else {
          return;
        }
      }
    }
  }

  private static long end(GroupRunner group, LivePartition partition) {
    return group
        .machine()
        .view(partition.number())
        .map(PartitionView::endOffset)
        .orElse(partition.highWatermark());
  }

  private static <T> Answer<T> refused(LivePartition partition, Outcome.Refused refused) {
    return Answer.refused(
        GroupErrors.codeOf(refused.reason()), partition + ": " + refused.detail());
  }

  /** One append on its way: runs on the core loop, and hears there what became of it. */
  private final class Append implements Runnable, CoreLoop.OutcomeListener {
    private final CompletableFuture<Answer<Long>> staged = new CompletableFuture<>();
    private final LivePartition partition;
    private final int epoch;
    private final ByteBuffer batches;
    private final AppendOrigin origin;

    Append(LivePartition partition, int epoch, ByteBuffer batches, AppendOrigin origin) {
      this.partition = partition;
      this.epoch = epoch;
      this.batches = batches;
      this.origin = origin;
    }

    @Override
    public void run() {
      GroupRunner group = groups.get(partition.group().id());
      GroupView.Leadership leadership = partition.group().leadership();
      if (group == null || !leadership.here() || leadership.epoch() != epoch) {
        staged.complete(new Answer.Refused<>(RequestError.notLeader(partition)));
        return;
      }
      long before = end(group, partition);
      AppendPart part =
          new AppendPart(partition.number(), batches, BatchInfos.of(batches), origin, this);
      core.step(group, new GroupEvent.Append(List.of(part)));
      long after = end(group, partition);
      // If nothing was added it has been refused, or will be as soon as that is certain.
      if (after > before) {
        staged.complete(new Answer.Ok<>(after));
      }
    }

    @Override
    public void onOutcome(Outcome outcome) {
      if (outcome instanceof Outcome.Refused refused) {
        if (!staged.complete(refused(partition, refused))) {
          LOG.info("an entry of {} was staged and not committed: {}", partition, refused.detail());
        }
      }
    }
  }
}
