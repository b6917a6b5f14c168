package dev.leat.broker.runtime.groups;

import dev.leat.broker.runtime.Answer;
import dev.leat.broker.runtime.RequestError;
import dev.leat.broker.runtime.transactions.TransactionCoordination;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Refuses everything. */
final class NoCoordination implements GroupCoordination {
  private static <T> CompletionStage<Answer<T>> refused() {
    return CompletableFuture.completedStage(
        Answer.refused(
            RequestError.Code.UNAVAILABLE,
            "this broker has no coordinator for groups: the module leat-kafka is missing"));
  }

  @Override
  public CompletionStage<Answer<Integer>> locate(String group) {
    return refused();
  }

  @Override
  public CompletionStage<Answer<List<Listing>>> list() {
    return refused();
  }

  @Override
  public CompletionStage<Answer<Description>> describe(String group) {
    return refused();
  }

  @Override
  public CompletionStage<Answer<String>> delete(String group) {
    return refused();
  }

  @Override
  public CompletionStage<Answer<BeatAnswer>> beat(Beat beat) {
    return refused();
  }

  @Override
  public CompletionStage<Answer<Map<Slot, Offset>>> committed(
      String group, Collection<Slot> partitions) {
    return refused();
  }

  @Override
  public CompletionStage<Answer<Map<Slot, Offset>>> committed(String group) {
    return refused();
  }

  @Override
  public CompletionStage<Answer<Map<Slot, String>>> commit(
      String group, Optional<MemberEpoch> member, Map<Slot, Offset> offsets) {
    return refused();
  }

  @Override
  public CompletionStage<Answer<Map<Slot, String>>> commit(
      String group,
      MemberEpoch member,
      Map<Slot, Offset> offsets,
      TransactionCoordination.Producer transaction) {
    return refused();
  }
}
