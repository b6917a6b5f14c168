package dev.leat.broker.runtime;

import dev.leat.broker.log.GroupId;
import dev.leat.broker.replication.GroupEvent;
import dev.leat.broker.replication.Outcome;
import dev.leat.broker.runtime.view.TopicView;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Moves start offsets up because somebody wants it. The new start is an entry of the group's log:
 * all replicas have it, and so has every restart. The space comes back when retention looks next.
 */
public final class RecordDeletion {
  /** In place of an offset: everything that is committed. */
  public static final long HIGH_WATERMARK = -1;

  private final CoreLoop core;
  private final Map<GroupId, GroupRunner> groups;
  private final TopicDirectory topics;

  RecordDeletion(CoreLoop core, Map<GroupId, GroupRunner> groups, TopicDirectory topics) {
    this.core = core;
    this.groups = groups;
    this.topics = topics;
  }

  /**
   * Deletes the records of a partition below an offset. Any thread; completes on the core loop,
   * when that is committed.
   *
   * @param topic name of the topic
   * @param index number of the partition in the topic
   * @param beforeOffset first offset to keep, or {@link #HIGH_WATERMARK}
   * @return the start offset afterwards. Refused: UNKNOWN_TOPIC, UNKNOWN_PARTITION, NOT_LEADER,
   *     LEADER_NOT_AVAILABLE; OFFSET_OUT_OF_RANGE above the high watermark; INVALID_CHANGE if the
   *     topic is compacted only
   */
  public CompletionStage<Answer<Long>> delete(String topic, int index, long beforeOffset) {
    TopicDirectory.Topic found = topics.find(topic);
    if (found == null) {
      return refused(RequestError.unknownTopic(topic));
    }
    if (index < 0 || index >= found.partitions()) {
      return refused(RequestError.unknownPartition(topic, index, found.partitions()));
    }
    TopicView.Compaction compaction = found.view().compaction();
    if (compaction != null && !compaction.deletes()) {
      return refused(
          RequestError.of(
              RequestError.Code.INVALID_CHANGE,
              ("topic \"%s\" is compacted and nothing else: send tombstones, or alter its"
                      + " cleanup to compact,delete")
                  .formatted(topic)));
    }
    CompletableFuture<Answer<Long>> answer = new CompletableFuture<>();
    LivePartition partition = found.partition(index);
    core.call(() -> move(partition, beforeOffset, answer));
    return answer;
  }

  private void move(
      LivePartition partition, long beforeOffset, CompletableFuture<Answer<Long>> answer) {
    GroupRunner group = groups.get(partition.group().id());
    if (group == null || !partition.group().leadership().here()) {
      answer.complete(new Answer.Refused<>(RequestError.notLeader(partition)));
      return;
    }
    long start = beforeOffset == HIGH_WATERMARK ? partition.highWatermark() : beforeOffset;
    if (start < 0 || start > partition.highWatermark()) {
      answer.complete(new Answer.Refused<>(RequestError.offsetOutOfRange(partition, start)));
      return;
    }
    if (start <= partition.logStart()) {
      answer.complete(new Answer.Ok<>(partition.logStart()));
      return;
    }
    CoreLoop.OutcomeListener listener =
        outcome ->
            answer.complete(
                outcome instanceof Outcome.Refused refused
                    ? new Answer.Refused<>(error(partition, refused))
                    : new Answer.Ok<>(Math.max(start, partition.logStart())));
    GroupEvent.StartMove move = new GroupEvent.StartMove(partition.number(), start);
    core.step(group, new GroupEvent.MoveStarts(List.of(move), listener));
  }

  private static RequestError error(LivePartition partition, Outcome.Refused refused) {
    return switch (refused.reason()) {
      case NOT_LEADER, LEADER_NOT_AVAILABLE, NOT_READY -> RequestError.notLeader(partition);
      case UNKNOWN_PARTITION -> RequestError.unknownTopic(partition.topic());
      default -> RequestError.of(RequestError.Code.UNAVAILABLE, refused.detail());
    };
  }

  private static CompletionStage<Answer<Long>> refused(RequestError error) {
    return CompletableFuture.completedStage(new Answer.Refused<>(error));
  }
}
