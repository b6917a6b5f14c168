package dev.leat.broker.runtime.groups;

import dev.leat.broker.runtime.Answer;
import dev.leat.broker.runtime.LivePartition;
import dev.leat.broker.runtime.TopicDirectory;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures how far the groups of this broker lag, from time to time, one group after the other.
 * Partitions that other brokers lead are not counted: their ends are not known here.
 */
public final class GroupLag {
  private static final Logger LOG = LoggerFactory.getLogger(GroupLag.class);

  private static final int INTERVAL_S = 10;

  private final Supplier<Optional<GroupCoordination>> running;
  private final TopicDirectory topics;
  private final Executor later;
  private volatile Sample current = new Sample(0, 0, 0);

  /**
   * Measures nothing yet.
   *
   * @param running who coordinates, if somebody does already: measuring must not make it begin
   * @param executor runs what is due
   */
  public GroupLag(
      Supplier<Optional<GroupCoordination>> running, TopicDirectory topics, Executor executor) {
    this.running = running;
    this.topics = topics;
    this.later = CompletableFuture.delayedExecutor(INTERVAL_S, TimeUnit.SECONDS, executor);
  }

  /**
   * What was measured last.
   *
   * @param groups number of groups
   * @param maxRecords lag of the group that lags most
   * @param totalRecords lag of all groups
   */
  public record Sample(int groups, long maxRecords, long totalRecords) {}

  /** The newest sample. */
  public Sample current() {
    return current;
  }

  /** Measures from now on, for as long as the broker runs. */
  public void start() {
    later.execute(
        () ->
            measure()
                .whenComplete(
                    (done, failure) -> {
                      if (failure != null) {
                        LOG.warn("the lag of groups cannot be measured: {}", failure.toString());
                      }
                      start();
                    }));
  }

  private CompletionStage<?> measure() {
    return running
        .get()
        .<CompletionStage<?>>map(
            groups -> groups.list().thenCompose(answer -> measure(groups, answer)))
        .orElseGet(() -> CompletableFuture.completedStage(null));
  }

  private CompletionStage<?> measure(
      GroupCoordination groups, Answer<List<GroupCoordination.Listing>> answer) {
    return answer instanceof Answer.Ok<List<GroupCoordination.Listing>>(var listings)
        ? measure(groups, listings.iterator(), new Sample(0, 0, 0))
        : CompletableFuture.completedStage(null);
  }

  private CompletionStage<?> measure(
      GroupCoordination groups, Iterator<GroupCoordination.Listing> rest, Sample soFar) {
    if (!rest.hasNext()) {
      current = soFar;
      return CompletableFuture.completedStage(null);
    }
    return groups
        .committed(rest.next().group())
        .thenCompose(
            answer -> {
              long lag =
                  answer
                          instanceof
                          Answer.Ok<Map<GroupCoordination.Slot, GroupCoordination.Offset>>(
                              var offsets)
                      ? lag(offsets)
                      : 0;
              return measure(
                  groups,
                  rest,
                  new Sample(
                      soFar.groups + 1, Math.max(soFar.maxRecords, lag), soFar.totalRecords + lag));
            });
  }

  private long lag(Map<GroupCoordination.Slot, GroupCoordination.Offset> offsets) {
    return offsets.entrySet().stream()
        .mapToLong(entry -> lag(entry.getKey(), entry.getValue().offset()))
        .sum();
  }

  private long lag(GroupCoordination.Slot slot, long offset) {
    LivePartition led = topics.findLed(slot.topic(), slot.partition());
    return led == null ? 0 : Math.max(0, led.highWatermark() - offset);
  }
}
