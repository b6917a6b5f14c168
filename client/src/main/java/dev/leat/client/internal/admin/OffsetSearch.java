package dev.leat.client.internal.admin;

import dev.leat.api.rpc.WireLimits;
import dev.leat.client.Isolation;
import dev.leat.client.Position;
import dev.leat.client.TopicPartition;
import dev.leat.client.admin.PartitionOffsets;
import dev.leat.client.error.LeatErrorCode;
import dev.leat.client.error.LeatException;
import dev.leat.client.internal.net.Backoff;
import dev.leat.client.internal.net.Failures;
import dev.leat.client.internal.net.GroupRoute;
import dev.leat.client.internal.net.OffsetCall;
import dev.leat.client.internal.net.Session;
import dev.leat.client.internal.net.TopicInfo;
import dev.leat.client.internal.net.Waiting;
import dev.leat.v1.Error;
import dev.leat.v1.ListOffsetsResponse;
import dev.leat.v1.ListedOffset;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Asks the leaders of partitions for offsets, until all have answered or time is up. */
final class OffsetSearch {

  private final Session session;
  private final Backoff backoff;
  private final long deadline;
  private final Map<TopicPartition, PartitionOffsets> found = new TreeMap<>();
  private LeatException lastFailure =
      LeatException.of(LeatErrorCode.LEADER_NOT_AVAILABLE, "a partition has no leader");

  OffsetSearch(Session session) {
    this.session = session;
    backoff = new Backoff(session.config());
    deadline = System.nanoTime() + session.config().requestTimeout().toNanos();
  }

  Map<TopicPartition, PartitionOffsets> find(Map<TopicPartition, Position> positions) {
    Map<TopicPartition, Position> left = new LinkedHashMap<>(positions);
    while (true) {
      Map<Integer, Map<TopicPartition, Position>> byLeader = new HashMap<>();
      left.forEach(
          (partition, position) ->
              byLeader
                  .computeIfAbsent(route(partition).leader(), leader -> new LinkedHashMap<>())
                  .put(partition, position));
      byLeader.forEach(this::ask);
      left.keySet().removeAll(found.keySet());
      if (left.isEmpty()) {
        return found;
      }
      pause();
    }
  }

  private GroupRoute route(TopicPartition partition) {
    TopicInfo topic =
        Waiting.on(
            session.watch().topic(partition.topic()),
            left(),
            "news of topic '" + partition.topic() + "'",
            session);
    return topic.route(partition.partition());
  }

  private Duration left() {
    return Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
  }

  private void ask(int leader, Map<TopicPartition, Position> positions) {
    String address = session.cluster().address(leader).orElse(null);
    if (address == null) {
      return;
    }
    Map<TopicPartition, Position> part = new LinkedHashMap<>();
    positions.forEach(
        (partition, position) -> {
          part.put(partition, position);
          if (part.size() == WireLimits.MAX_PARTITIONS) {
            ask(address, new LinkedHashMap<>(part));
            part.clear();
          }
        });
    if (!part.isEmpty()) {
      ask(address, part);
    }
  }

  private void ask(String address, Map<TopicPartition, Position> positions) {
    CompletableFuture<ListOffsetsResponse> answer =
        OffsetCall.ask(
            session.channels().to(address),
            address,
            positions,
            Isolation.READ_COMMITTED,
            left().toMillis() + 1);
    ListOffsetsResponse response = answerOf(answer);
    if (response == null) {
      return;
    }
    int i = 0;
    for (TopicPartition partition : positions.keySet()) {
      ListedOffset listed = response.getOffsets(i++);
      if (listed.hasError()) {
        onError(partition, listed.getError());
      } else {
        found.put(partition, Messages.of(listed));
      }
    }
  }

  private @Nullable ListOffsetsResponse answerOf(CompletableFuture<ListOffsetsResponse> answer) {
    try {
      return Waiting.on(answer, left(), "offsets", session);
    } catch (LeatException e) {
      if (!e.isRetriable()) {
        throw e;
      }
      lastFailure = e;
      return null;
    }
  }

  private void onError(TopicPartition partition, Error error) {
    lastFailure = Failures.of(error);
    if (!lastFailure.isRetriable()) {
      throw lastFailure;
    }
    GroupRoute route = route(partition);
    session.loop().execute(() -> session.cluster().applyHint(route, error));
  }

  private void pause() {
    long ms = backoff.nextMs();
    if (left().toMillis() <= ms) {
      throw lastFailure;
    }
    try {
      Thread.sleep(ms);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw LeatException.of(LeatErrorCode.INTERRUPTED, "interrupted while finding offsets", e);
    }
  }
}
