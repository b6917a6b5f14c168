package dev.leat.broker.runtime;

import dev.leat.broker.log.GroupId;
import dev.leat.broker.log.group.ProducerState;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Says who writes to a partition: for people who look for a transaction that hangs. */
public final class ProducerLister {
  private final CoreLoop core;
  private final Map<GroupId, GroupRunner> groups;

  ProducerLister(CoreLoop core, Map<GroupId, GroupRunner> groups) {
    this.core = core;
    this.groups = groups;
  }

  /**
   * A producer as its partition knows it.
   *
   * @param producerId its id
   * @param epoch its epoch
   * @param lastSequence sequence of its last record, -1 if that is not known
   * @param heardMs when it was heard of, ms since the Unix epoch, as exact as the group's clock
   * @param coordinatorEpoch epoch of the coordinator that ended its last transaction, or -1
   * @param openSince first offset of its open transaction, or -1
   */
  public record ListedProducer(
      long producerId,
      short epoch,
      int lastSequence,
      long heardMs,
      int coordinatorEpoch,
      long openSince) {
    static ListedProducer of(ProducerState state) {
      return new ListedProducer(
          state.id(),
          state.epoch(),
          state.lastSequence(),
          state.clockMs(),
          state.transaction().coordinatorEpoch(),
          state.transaction().firstOffset());
    }
  }

  /** All producers of a partition that this broker leads. */
  public CompletionStage<Answer<List<ListedProducer>>> list(LivePartition partition) {
    CompletableFuture<Answer<List<ListedProducer>>> answer = new CompletableFuture<>();
    core.call(
        () -> {
          GroupRunner group = groups.get(partition.group().id());
          answer.complete(
              group == null || !partition.group().leadership().here()
                  ? new Answer.Refused<>(RequestError.notLeader(partition))
                  : new Answer.Ok<>(
                      group.machine().producers(partition.number()).stream()
                          .map(ListedProducer::of)
                          .toList()));
        });
    return answer;
  }
}
